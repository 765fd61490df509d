"""Milliseconds of preparing an executive interview offline: finding what is open, and writing its questions."""

from __future__ import annotations

from typing import Any

import msgspec

from benchmarks.evaluation import timed
from include.settings import Settings

ROUNDS = 5
LEAST_WORDS = 2_000
"""Words of the two earlier interviews together: a quarter of an hour of speech each."""


def run(settings: Settings, *, quick: bool = False) -> dict[str, Any]:
    """Median milliseconds for two earlier interviews whose words are read for the first time; models are loaded."""
    from cli.demo.video import SCRIPT
    from include.interview.assessment.openings import general_opening
    from include.interview.assessment.policy import load_profile
    from include.interview.assessment.rubric import opening_rubric
    from include.interview.case import Case
    from include.interview.transcript.answers import answers_of
    from include.interview.transcript.typed import read_transcript
    from include.settings import JudgeSettings
    from tasks.executive.preparation import left_open, questions_about

    offline = msgspec.structs.replace(settings, judge=JudgeSettings(kind="offline"))
    opening, profile = general_opening("en"), load_profile("standard")
    spoken = [(one.question, one.answer) for one in SCRIPT["en"]]
    words = sum(len(answer.split()) for _, answer in spoken)
    numbers = iter(range(10_000))

    def interview() -> Case:
        # A changing number in every sentence keeps any cache of analysed text from answering.
        lines = [
            f"Interviewer: {question}\nInterviewee: {answer.replace('. ', f' in case {next(numbers)}. ')}"
            for _ in range(-(-LEAST_WORDS // (2 * words)))
            for question, answer in spoken
        ]
        transcript = read_transcript("\n".join(lines).encode(), "bench")
        answers = answers_of(transcript, (), opening)
        rubric = opening_rubric("ai", opening)
        return Case(f"bench-{next(numbers)}", "ai", "en", opening, rubric, profile, transcript, answers)

    cases = [[interview(), interview()] for _ in range((2 if quick else ROUNDS) + 1)]
    waiting = iter(cases)

    def prepare() -> None:
        questions_about(left_open(opening, profile, next(waiting), ()), opening, offline)

    prepare()
    milliseconds = 1000 * timed(prepare, len(cases) - 1)
    return {"prepare_ms": milliseconds, "targets": {"prepare_ms": "≤ 1000"}}
