"""The hand-written ladder of graded interviews: our own words, graded by intention before any level was computed."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from include.interview.answers import answers_of
from include.interview.case import Case
from include.interview.openings import general_opening
from include.interview.policy import load_profile
from include.interview.records import Document, Opening, Stage
from include.interview.rubric import load_rubric
from include.interview.transcripts import parse_transcript

LADDER_DIR = Path(__file__).resolve().parent / "ladder"


def case_of(
    text: str,
    *,
    stage: Stage = "ai",
    opening: Opening | None = None,
    documents: tuple[Document, ...] = (),
    profile: str = "standard",
) -> Case:
    """A case from a typed transcript, with the built-in general opening unless another is given."""
    transcript = parse_transcript(text, "ladder.txt")
    opening = opening or general_opening("auto")
    return Case(
        interview_id="ladder",
        stage=stage,
        language=transcript.language,
        opening=opening,
        rubric=load_rubric(stage),
        profile=load_profile(profile),
        transcript=transcript,
        answers=answers_of(transcript, (), opening),
        documents=documents,
    )


@cache
def ladder(language: str) -> tuple[tuple[float, str], ...]:
    """Intended quality and transcript of each rung, worst first."""
    text = (LADDER_DIR / f"{language}.txt").read_text(encoding="utf-8")
    parts = re.split(r"^== ([\d.]+)\n", text, flags=re.MULTILINE)[1:]
    return tuple((float(q), body) for q, body in zip(parts[::2], parts[1::2], strict=True))
