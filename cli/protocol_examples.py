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
    "start_ms": 55_120,
    "end_ms": 58_020,
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


TOGETHER: dict[type[msgspec.Struct], dict[str, Any]] = {
    wire.WireWord: {"text": "moved", "start_ms": 55_300, "end_ms": 55_520},
    wire.Limits: {"max_frame_bytes": wire.MAX_FRAME_BYTES, "max_ahead_s": 30.0, "idle_s": 60.0, "ring_s": wire.RING_S},
    wire.Finalize: {"id": "f1"},
    wire.QuestionAction: {"id": "challenge"},
    wire.Note: {"text": "Explains the trade-off well.", "at_ms": 65_000},
    wire.End: {"last_sample": 528_000},
    wire.TranscriptFinal: {"text": "I moved the reporting job to a read replica.", "role": "candidate"},
    wire.SpeakerUpdate: {"utts": ["r15200"], "role": "candidate", "cause": "correction", "scope": "utterance"},
    wire.SpeechStart: {"track": "candidate", "at_ms": 55_120},
    wire.SpeechEnd: {"track": "candidate", "at_ms": 58_020},
    wire.SpeechDiscarded: {"utt": "c61240", "track": "candidate", "reason": "noise"},
    wire.TranscriptRetracted: {"utts": ["r15200"]},
    wire.AudioGap: {"track": "candidate"},
    wire.Feedback: {
        "audience": "candidate", "kind": "pace", "value": "fast", "evidence": ["c55120"],
        "text": "You speak rather fast just now.",
    },
    wire.QuestionSuggested: {
        "id": "result-c9700", "text": "What came of it in the end?", "evidence": ["c9700"], "probe": "result",
        "why": "What was done was told, but not what came of it.", "criterion": "leadership",
    },
    wire.QuestionActed: {"id": "challenge", "at_ms": 15_200},
    wire.NoteTaken: {"text": "Explains the trade-off well.", "at_ms": 65_000},
    wire.ScoreUpdate: {"insufficient": None},
    wire.Finalized: {"id": "f1"},
    wire.Ready: {"next_sample": 163_840, "last_seq": 57, "session_ms": 10_800, "start_ms": 560},
    wire.AudioAck: {"through_sample": 165_440},
    wire.TranscriptPartial: {"end_ms": 57_300},
    wire.Status: {"state": "degraded", "asr_lag_ms": 900, "diarization_lag_ms": 0},
    wire.GoAway: {"reason": "drain"},
}  # fmt: skip
"""Values that belong together in one message, where those of `EXAMPLES` would contradict each other."""
LISTS: dict[str, type[msgspec.Struct]] = {
    "words": wire.WireWord, "members": wire.Panelist, "events": wire.TranscriptFinal,
}  # fmt: skip
"""Fields that hold a list, and a record that is shown as its only element."""


def example_of(record: type[msgspec.Struct], field: msgspec.structs.FieldInfo) -> Any:
    """A value that the field takes, as JSON has it."""
    name, kind = field.encode_name, field.type
    if name in TOGETHER.get(record, {}):
        return TOGETHER[record][name]
    if name in LISTS:
        return [whole_example(LISTS[name])]
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
        return whole_example(nested)
    if inner and type(None) in inner:
        return None
    return {int: 55_120, float: 30.0, bool: True}.get(kind, "text")


def whole_example(record: type[msgspec.Struct]) -> dict[str, Any]:
    """A whole message or record, as JSON has it."""
    tag = record.__struct_config__.tag
    typed = {} if tag is None else {str(record.__struct_config__.tag_field): tag}
    return typed | {field.encode_name: example_of(record, field) for field in msgspec.structs.fields(record)}
