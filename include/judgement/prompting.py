"""The prompt of a judge model and the schema of its answer."""

from __future__ import annotations

import hashlib
import json
import secrets
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

from include.interview.assessment.rubric import Criterion
from include.interview.case import Case

PROMPTS_DIR = Path(__file__).resolve().parent / "prompts"
LEVELS = [1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5]
MAX_QUOTES = 4

ANSWER_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["insufficient", "quotes", "rationale_ko", "rationale_en", "level"],
    "properties": {
        "insufficient": {"type": ["string", "null"], "description": "Why no level can be given, or null."},
        "quotes": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["utterance_id", "text"],
                "properties": {"utterance_id": {"type": "string"}, "text": {"type": "string"}},
            },
        },
        "rationale_ko": {"type": "string"},
        "rationale_en": {"type": "string"},
        "level": {"anyOf": [{"type": "number", "enum": LEVELS}, {"type": "null"}]},
    },
}
"""Evidence and reasons come before the level, so that the level is written in view of them."""

RESPONSE_FORMAT: dict[str, Any] = {
    "type": "json_schema",
    "json_schema": {"name": "criterion_judgement", "strict": True, "schema": ANSWER_SCHEMA},
}


@cache
def template(name: str) -> str:
    """The text of the prompt file `name` (without its ending)."""
    return (PROMPTS_DIR / f"{name}.txt").read_text(encoding="utf-8")


@cache
def prompt_sha256() -> str:
    """SHA-256 of the prompt templates and the answer schema: the same until somebody changes a word of them."""
    digest = hashlib.sha256()
    for name in ("system", "criterion", "repair"):
        digest.update(template(name).encode())
    digest.update(json.dumps(ANSWER_SCHEMA, sort_keys=True).encode())
    return digest.hexdigest()


def system_prompt() -> str:
    """The system message with which every call starts."""
    return template("system")


def criterion_prompt(case: Case, criterion: Criterion, nonce: str | None = None) -> str:
    """The request to judge one criterion of `case`, as the text of a user message.

    `nonce` marks where untrusted data begins and ends; random for every call, so that no transcript can contain it.
    """
    anchors = "\n".join(f"{a.level}: {a.text.en}\n   {a.text.ko}" for a in criterion.anchors)
    return Template(template("criterion")).substitute(
        name_en=criterion.name.en,
        name_ko=criterion.name.ko,
        description_en=criterion.description.en,
        description_ko=criterion.description.ko,
        anchors=anchors,
        job=job_lines(case) + _value_lines(case, criterion),
        data=_data(case, criterion),
        nonce=nonce or secrets.token_hex(8),
    )


def repair_prompt(problem: str) -> str:
    """The message that asks once for a corrected answer; `problem` says what was wrong with the first."""
    return Template(template("repair")).substitute(problem=problem)


def job_lines(case: Case) -> str:
    """What the opening asks for, as lines of text in the case's language."""
    opening = case.opening
    lines = [f"{opening.title.text(case.language)}: {opening.description.text(case.language)}"]
    lines += [f"- {c.name.text(case.language)}: {c.description.text(case.language)}" for c in opening.competencies]
    if opening.keywords:
        lines.append("Keywords: " + ", ".join(k.term for k in opening.keywords))
    return "\n".join(lines)


def _value_lines(case: Case, criterion: Criterion) -> str:
    """The opening's values, for the criterion that is judged against them and for no other."""
    if "values" not in criterion.inputs:
        return ""
    return "".join(f"\nValue {n}: {value.text(case.language)}" for n, value in enumerate(case.opening.values, start=1))


def _data(case: Case, criterion: Criterion) -> str:
    lines = [f"[{u.id}] {u.role}: {' '.join(u.text.split())}" for u in case.transcript.utterances]
    if "documents" in criterion.inputs:
        lines += [f"[document {d.kind}] {' '.join(d.text.split())}" for d in case.documents]
    return "\n".join(lines)
