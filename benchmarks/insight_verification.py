"""How many of the hand-written claims pass verification: true ones, and false ones of each kind, in both languages.

`.venv/bin/python -m benchmarks.insight_verification` prints totals: of the claims that the verifier was mended on, and
of the sealed half, of which nobody has looked at a single claim's result.
"""

from __future__ import annotations

from tests.include.judgement.insight.claim_files import FALSE, TURNED, accepted, claims, names

SETS = {"mended on": "", "sealed": "sealed"}
KINDS = ("true", *FALSE, *TURNED)


def totals(folder: str, language: str) -> dict[str, tuple[int, int]]:
    """Kind -> claims that passed and claims there are, of all files of `folder` in `language`."""
    files = names(folder, language)
    return {
        kind: (sum(len(accepted(f, kind)) for f in files), sum(len(claims(f, kind)) for f in files)) for kind in KINDS
    }


if __name__ == "__main__":
    print("passed / written".ljust(20) + "".join(kind.rjust(14) for kind in KINDS))
    for title, folder in SETS.items():
        for language in ("en", "ko"):
            found = totals(folder, language)
            cells = "".join(f"{passed} / {there}".rjust(14) for passed, there in found.values())
            print(f"{title}, {language}".ljust(20) + cells)
