"""Examples of the fields of the wire protocol's messages, for the documents that are generated from its records."""

from __future__ import annotations

import typing
from typing import Any, Literal

import msgspec

from include.interview.live import wire
from include.interview.records import Scorecard

EXAMPLES: dict[str, Any] = {
    "epoch": "e0e0e0e0e0e0e0e0",
    "last_seq": 41,
    "seq": 58,
    "id": "q1",
    "utt": "c55120",
    "utts": ["c55120"],
    "evidence": ["c55120"],
    "text": "I moved the reporting job.",
    "why": "The answer names no figure.",
    "code": "question_unknown",
    "message": "No question of this session has this id.",
    "speaker": "candidate",
    "stable": "I moved the",
    "unstable": "reporting job",
    "kind": "pace",
    "value": 0.716,
    "criterion": "answer_quality",
    "insufficient": "Too few words so far.",
    "consent_id": "5b0c0a2e-6d1f-4c57-9f0b-0a4e5c1c9d77",
    "scorecard_id": "b64bbb8e-14b3-599b-9bb5-a4110fa67486",
    "dag_run_id": "practical-b64bbb8e-2026.11",
    "reason": "end",
    "reasons": ["partials_slower"],
    "language": "en",
    "author": "",
    "account_id": "0d5f5c3e-9a52-4b1c-8b0e-0f6a7c1d2e3f",
    "login": "kim",
    "v": 1,
    "rev": 3,
    "close_code": None,
    "confidence": 0.93,
    "p": 0.97,
    "points": 28.63,
    "weight": 40.0,
    "from": 163840,
    "to": 165440,
    "within_ms": 5000,
}
"""Values of fields whose type alone says too little."""


def example_of(record: type[msgspec.Struct], field: msgspec.structs.FieldInfo) -> Any:
    """A value that the field takes, as JSON has it."""
    name, kind = field.encode_name, field.type
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is Literal:
        return inner[0]
    literal = next((typing.get_args(one)[0] for one in inner if typing.get_origin(one) is Literal), None)
    if literal is not None:
        return literal
    if record is wire.SpeakerAssign and name == "from":
        return "r15200"
    if name in EXAMPLES:
        return EXAMPLES[name]
    if origin is list:
        return []
    nested = next((one for one in (kind, *inner) if isinstance(one, type) and issubclass(one, msgspec.Struct)), None)
    if nested is not None and nested is not Scorecard:
        return {f.encode_name: example_of(nested, f) for f in msgspec.structs.fields(nested)}
    if inner and type(None) in inner:
        return None
    return {int: 55_120, float: 30.0, bool: True}.get(kind, "text")
