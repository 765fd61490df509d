"""The JSON of a model's answer, also where reasoning, prose or a fence stands around it."""

from __future__ import annotations

import json
import re
from typing import TypeVar

import msgspec

from include.interview.errors import BadInput
from include.interview.intake.structured import check_json_depth

T = TypeVar("T")
MAX_ANSWER_CHARACTERS = 200_000
"""Longer than any answer that was asked for; what is longer is not searched."""
MAX_OBJECTS = 50
_THOUGHT = re.compile(r"<(think|thinking|reasoning|thought)>.*?</\1>", re.DOTALL | re.IGNORECASE)
_THOUGHT_END = re.compile(r"^.*</(?:think|thinking|reasoning|thought)>", re.DOTALL | re.IGNORECASE)
"""Some servers leave out the opening tag, which stands in the prompt's template."""


def decode_answer(text: str, wanted: type[T]) -> T | None:
    """The one JSON object in `text` that is a `wanted`, or None when there is none, or several that differ.

    Reasoning in tags is left out. Around the object may stand prose or a Markdown fence; inside it nothing is mended.
    """
    if len(text) > MAX_ANSWER_CHARACTERS:
        return None
    text = _THOUGHT_END.sub("", _THOUGHT.sub("", text)).strip()
    whole = _decoded(text, wanted)
    if whole is not None:
        return whole
    found: list[T] = []
    for piece in _objects(text):
        one = _decoded(piece, wanted)
        if one is not None and one not in found:
            found.append(one)
    return found[0] if len(found) == 1 else None


def _decoded(text: str, wanted: type[T]) -> T | None:
    try:
        check_json_depth(text, "answer")
        return msgspec.json.decode(text.encode(), type=wanted)
    except (BadInput, msgspec.MsgspecError, UnicodeEncodeError):
        return None


def _objects(text: str) -> list[str]:
    """The JSON objects of `text` that lie in no other, in order."""
    decoder = json.JSONDecoder()
    found: list[str] = []
    at = text.find("{")
    for _ in range(MAX_OBJECTS):
        if at < 0:
            break
        try:
            check_json_depth(text[at:], "answer")
            _, end = decoder.raw_decode(text, at)
        except (ValueError, BadInput, RecursionError):
            end = at + 1
        else:
            found.append(text[at:end])
        at = text.find("{", end)
    return found
