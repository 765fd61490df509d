"""The speaker's own part in a piece of work, where it is said outright: in charge of it, or one of those who took part.

Set for precision: English needs "I"; Korean, which leaves the subject out, needs a role that is held ("팀장으로",
"팀원이었") and no sign that somebody else holds it (honorifics, "-이었던").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from include.interview.records import Record

Part = Literal["in_charge", "member"]

_SAID: dict[str, dict[Part, re.Pattern[str]]] = {
    "en": {
        "in_charge": re.compile(
            r"\bI (?:led|headed|managed|directed|ran|was in charge of|was responsible for"
            r"|was the (?:\w+ )?(?:leader|lead|head|manager))\b",
            re.IGNORECASE,
        ),
        "member": re.compile(
            r"\bI (?:was (?:just |only |simply )?(?:a (?:\w+ )?member|one of the (?:\w+ )?members|part of the)"
            r"|assisted|helped out)\b",
            re.IGNORECASE,
        ),
    },
    "ko": {
        "in_charge": re.compile(
            r"(?:팀장|리더|책임자|총괄|반장|단장)(?:으로|로|이었습|이었어|이었고|였습|였어|였고|을 맡|를 맡)"
        ),
        "member": re.compile(
            r"(?:팀원|구성원|조원|반원|단원)(?:으로|이었습|이었어|이었고| 중 한 (?:명|사람)| 가운데 한 (?:명|사람))"
        ),
    },
}
_ANOTHERS = re.compile(r"(?:님|께서|시더|셨|신 분)")
"""Honorifics of a Korean sentence: nobody uses them of themselves."""


class Role(Record, frozen=True):
    """A part that the speaker says they had, with the characters at which it is said."""

    part: Part
    start: int
    end: int


def roles(text: str, language: str) -> Iterator[Role]:
    """The parts that the speaker of `text` claims for themselves, in the order of the kinds and of the text."""
    for part, pattern in _SAID[language].items():
        for found in pattern.finditer(text):
            if language == "ko" and _ANOTHERS.search(_sentence_around(text, found.start(), found.end())):
                continue
            yield Role(part, found.start(), found.end())


def _sentence_around(text: str, start: int, end: int) -> str:
    stops = [i for i, c in enumerate(text) if c in ".!?"]
    begin = max((i + 1 for i in stops if i < start), default=0)
    return text[begin : min((i for i in stops if i >= end), default=len(text))]
