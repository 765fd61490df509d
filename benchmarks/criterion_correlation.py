"""How far the criteria of the offline judge measure different things: on ladders, middling interviews and vignettes.

`.venv/bin/python -m benchmarks.criterion_correlation` prints one table per set and language; `--json FILE` writes the
figures, `--docs` sets them into docs/scoring.md beside those of the judge before it was cut by facets
(`criterion_correlation.before.json`, written by the same command with that judge).

Levels lie in [1, 5]. r is Pearson's over the interviews of a set; `partial r` has the logarithm of the candidate's
words taken out. The effect of a manipulated criterion is the difference of the mean levels of the four vignettes in
which it is high and the four in which it is low.
"""

from __future__ import annotations

import argparse
import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from include.interview.case import Case
from include.interview.records import Stage
from include.judgement.criterion_profiles import PROFILES
from include.judgement.offline import level_of, read
from tests.support.ladders import case_of, ladder, middling
from tests.support.vignettes import CROSSED, SETS, has_set, vignettes

CRITERIA: dict[Stage, tuple[str, ...]] = {
    **CROSSED,
    "practical": ("answer_quality", "keyword_match", "emotion", "answer_flow"),
}
BEFORE = Path(__file__).with_name("criterion_correlation.before.json")
DOCS = Path(__file__).resolve().parents[1] / "docs" / "scoring.md"
BEGIN, END = "<!-- criterion_correlation: begin -->", "<!-- criterion_correlation: end -->"


def _levels(cases: list[Case], criteria: tuple[str, ...]) -> np.ndarray:
    """Levels (interviews, criteria), each from the answers that the opening's map gives the criterion."""
    return np.array(
        [
            [level_of(read(case, case.rubric.criterion(name))[1].components, PROFILES[name]) for name in criteria]
            for case in cases
        ],
        dtype=float,
    )


def _log_words(cases: list[Case]) -> np.ndarray:
    return np.log([sum(len(u.text.split()) for u in case.candidate) for case in cases])


def _without(levels: np.ndarray, control: np.ndarray) -> np.ndarray:
    """`levels` (interviews, criteria) with the straight line over `control` (interviews,) taken out."""
    design = np.column_stack([np.ones(len(control)), control])
    rest: np.ndarray = levels - design @ np.linalg.lstsq(design, levels, rcond=None)[0]
    return rest


def _pairs(matrix: np.ndarray) -> list[float]:
    return [float(matrix[i, j]) for i, j in itertools.combinations(range(len(matrix)), 2)]


def _set(cases: list[Case], criteria: tuple[str, ...]) -> dict[str, Any]:
    levels = _levels(cases, criteria)
    plain, partial = np.corrcoef(levels.T), np.corrcoef(_without(levels, _log_words(cases)).T)
    return {
        "interviews": len(cases),
        "r": _pairs(plain),
        "partial_r": _pairs(partial),
        "mean": levels.mean(axis=0).tolist(),
        "sd": levels.std(axis=0, ddof=1).tolist(),
        "levels": levels.tolist(),
    }


def figures() -> dict[str, Any]:
    """All figures, by stage, language and set."""
    found: dict[str, Any] = {}
    for stage, criteria in CRITERIA.items():
        for language in ("en", "ko"):
            rungs = ladder(language)
            sets: dict[str, Any] = {}
            one = _set([case_of(text, stage=stage) for _, text in rungs], criteria)
            qualities = [quality for quality, _ in rungs]
            one["spearman"] = [float(spearmanr(qualities, column)[0]) for column in np.array(one["levels"]).T]
            sets["ladder"] = one
            cases = [case_of(m.text, stage=stage, profile="text_only") for m in middling(language)]
            sets["middling"] = _set(cases, criteria)
            for name in SETS if stage in CROSSED else ():
                if not has_set(stage, language, name):
                    continue
                crossed = vignettes(stage, language, name)
                one = _set([v.case for v in crossed], criteria)
                high = np.array([[1.0 if v.high[c] else -1.0 for c in criteria] for v in crossed])
                one["effects"] = (2 * high.T @ np.array(one["levels"]) / len(crossed)).tolist()
                sets[f"vignettes_{name}"] = one
            found[f"{stage}/{language}"] = sets
    return found


def _effects_table(stage: Stage, before: Any, after: Any) -> list[str]:
    names = CRITERIA[stage]
    lines = [f"| manipulated | {' | '.join(names)} |", f"|---|{'---|' * len(names)}"]
    for name, old, new in zip(names, before["effects"], after["effects"], strict=True):
        cells = [f"{a:+.2f} → **{b:+.2f}**" for a, b in zip(old, new, strict=True)]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def tables(before: dict[str, Any], after: dict[str, Any]) -> str:
    """The figures as Markdown: correlations of all sets, then the effects in the vignettes, before → after."""
    lines = ["| stage, language, set | n | r before | r after | partial r after | spread (SD) of the criteria after |"]
    lines.append("|---|---|---|---|---|---|")
    for key, sets in after.items():
        for name, one in sets.items():
            old = before[key][name]
            spread = ", ".join(f"{x:.2f}" for x in one["sd"])
            ranges = (f"{min(x):.2f} … {max(x):.2f}" for x in (old["r"], one["r"], one["partial_r"]))
            cells = (f"{key.replace('/', ', ')}, {name}", str(one["interviews"]), *ranges, spread)
            lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "Order on the ladders (Spearman with the intended quality), before → after:", ""]
    for key, sets in after.items():
        stage: Stage = key.split("/")[0]  # type: ignore[assignment]
        old = before[key]["ladder"]["spearman"]
        told = zip(CRITERIA[stage], old, sets["ladder"]["spearman"], strict=True)
        lines.append(f"- {key.replace('/', ', ')}: " + ", ".join(f"{n} {a:.2f} → {b:.2f}" for n, a, b in told))
    for key, sets in after.items():
        stage = key.split("/")[0]  # type: ignore[assignment]
        for name in (n for n in sets if n.startswith("vignettes")):
            lines += ["", f"Effects in levels, {key.replace('/', ', ')}, {name}, before → **after**:", ""]
            lines += _effects_table(stage, before[key][name], sets[name])
    return "\n".join(lines)


def main() -> None:
    """The command line of this module."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--docs", action="store_true", help="set the tables into docs/scoring.md")
    options = parser.parse_args()
    found = figures()
    if options.json:
        kept = {k: {n: {x: y for x, y in s.items() if x != "levels"} for n, s in v.items()} for k, v in found.items()}
        options.json.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
        return
    shown = tables(json.loads(BEFORE.read_text(encoding="utf-8")), found)
    if options.docs:
        text = DOCS.read_text(encoding="utf-8")
        head, _, rest = text.partition(BEGIN)
        DOCS.write_text(f"{head}{BEGIN}\n{shown}\n{END}{rest.partition(END)[2]}", encoding="utf-8")
    print(shown)


if __name__ == "__main__":
    main()
