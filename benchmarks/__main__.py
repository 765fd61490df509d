"""`python -m benchmarks` (`make bench`): run the benchmarks, print a table, write JSON."""

from __future__ import annotations

from benchmarks.command import choose, measure
from include.perception.vision.native_log import native_chatter_hushed
from include.settings import PROJECT_ROOT, load_settings

NAMES = (
    "accuracy",
    "answers",
    "crosstalk",
    "evaluation",
    "judging",
    "memory",
    "orchestration",
    "preparation",
    "rank_coverage",
    "ranking",
)
RESULT = PROJECT_ROOT / "out" / "bench.json"


def main() -> None:
    """Run the chosen benchmarks one after the other; the JSON is written after each, so nothing is lost."""
    asked = choose("make bench", main.__doc__ or "", NAMES)
    settings = load_settings()
    from tasks.administration import prepare_home

    prepare_home(settings)
    measure(asked, NAMES, "benchmarks", RESULT, native_chatter_hushed, settings)


if __name__ == "__main__":
    main()
