"""Crossed vignettes: interviews in which each criterion is high or low independently of the others.

Eight interviews per set and language, a half fraction of the 2^4 factorial (resolution IV, defining relation
I = ABCD): every criterion is high in four of them, every pair of criteria takes each combination twice.
"""

from __future__ import annotations

import itertools
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from include.interview.assessment.openings import general_opening
from include.interview.case import Case
from include.interview.records import Bilingual, Competency, Opening, Stage
from tests.support.ladders import case_of

VIGNETTE_DIR = Path(__file__).resolve().parents[1] / "include" / "judgement" / "vignettes"
CROSSED: dict[Stage, tuple[str, ...]] = {
    "ai": ("language", "psychological", "cognitive", "job_fit"),
    "executive": ("leadership", "strategic_thinking", "experience", "culture_fit"),
}
"""The four criteria of a stage that are crossed."""
SETS = ("a", "b")
SPEAKERS = {"en": ("Interviewer:", "Interviewee:"), "ko": ("면접관:", "지원자:")}


class Vignette(msgspec.Struct, frozen=True):
    """One interview and which of the crossed criteria are high in it."""

    high: dict[str, bool]
    words: int
    case: Case


def design(criteria: tuple[str, ...]) -> list[dict[str, bool]]:
    """The eight runs of the half fraction: the fourth factor is the product of the other three."""
    runs = []
    for first in itertools.product((True, False), repeat=len(criteria) - 1):
        last = sum(not x for x in first) % 2 == 0
        runs.append(dict(zip(criteria, (*first, last), strict=True)))
    return runs


@cache
def _file(stage: Stage) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.yaml.decode((VIGNETTE_DIR / f"{stage}.yaml").read_bytes())
    return found


def opening_of(stage: Stage) -> Opening:
    """The opening the vignettes of `stage` are about."""
    given = _file(stage).get("opening")
    if given is None:
        return general_opening("auto")
    return msgspec.structs.replace(
        general_opening("auto"),
        title=Bilingual(**given["title"]),
        description=Bilingual(**given["description"]),
        competencies=tuple(
            Competency(f"c{n}", Bilingual(**c["name"]), Bilingual(**c["description"]))
            for n, c in enumerate(given["competencies"])
        ),
        keywords=(),
        questions=(),
    )


def _answer(stage: Stage, told: dict[str, str], topic: str, run: dict[str, bool]) -> str:
    if stage != "ai":
        return told["high" if run[topic] else "low"]
    manner = "fluent" if run["language"] else "clumsy"
    return told[manner if topic == "introduction" else f"{'high' if run[topic] else 'low'}_{manner}"]


def vignettes(stage: Stage, language: str, name: str) -> tuple[Vignette, ...]:
    """The eight interviews of set `name` of `stage` in `language`."""
    file, found = _file(stage), []
    asked, answered = SPEAKERS[language]
    for run in design(CROSSED[stage]):
        lines, words = [], 0
        for topic, question in file["questions"].items():
            said = _answer(stage, file["sets"][name][language][topic], topic, run)
            words += len(said.split())
            lines += [f"{asked} {question[language]}", f"{answered} {said}"]
        case = case_of("\n".join(lines), stage=stage, opening=opening_of(stage), profile="text_only")
        found.append(Vignette(run, words, case))
    return tuple(found)


def has_set(stage: Stage, language: str, name: str) -> bool:
    """Whether set `name` is written for `stage` in `language`."""
    return language in _file(stage)["sets"].get(name, {})
