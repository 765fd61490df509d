"""Questions into the last answers written by a judge model: every one is checked against the interview, or dropped.

Two forms: follow-ups, and probes, whose kind is named and which pass the filters of prepared questions.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Sequence
from string import Template
from typing import Any, get_args

import msgspec
import numpy as np

from include.interview.case import Case
from include.interview.errors import JudgeFailure
from include.interview.live.wire import ProbeKind
from include.interview.transcript.text import fold
from include.judgement.embedding import encode
from include.judgement.follow_ups import FollowUp
from include.judgement.injection import addresses_judge
from include.judgement.model_answers import decode_answer
from include.judgement.openai_wire import ChatEndpoint
from include.judgement.preparation.filters import fault_of
from include.judgement.prompting import job_lines, template
from include.judgement.protected_grounds import may_be_suggested
from include.settings import JudgeSettings

MOST = 2
LONGEST_TEXT = 240
LATEST_UTTERANCES = 40
"""Utterances at the end of the transcript that are sent: what is open is in the last answers."""
SAME = 0.8
"""Cosine to an earlier suggestion from which a question is the same in other words."""
TASK = "questions"
LANGUAGES = {"ko": "Korean (polite 해요체)", "en": "English"}
"""How a prompt names the language to write in."""


class QuestionForm(msgspec.Struct, frozen=True):
    """What a model is asked for: its prompt, the name of the answer's schema, and whether each question has a kind."""

    system: str
    name: str
    probes: bool = False

    @property
    def response_format(self) -> dict[str, Any]:
        """The JSON schema of the answer, as the endpoint takes it."""
        properties: dict[str, Any] = {
            "why": {"type": "string"},
            "evidence": {"type": "array", "items": {"type": "string"}},
            "text": {"type": "string"},
        }
        if self.probes:
            properties["probe"] = {"type": "string", "enum": list(get_args(ProbeKind))}
        items = {
            "type": "object", "additionalProperties": False, "required": list(properties), "properties": properties,
        }  # fmt: skip
        schema = {
            "type": "object",
            "additionalProperties": False,
            "required": ["questions"],
            "properties": {"questions": {"type": "array", "items": items}},
        }
        return {"type": "json_schema", "json_schema": {"name": self.name, "strict": True, "schema": schema}}


FOLLOW_UPS = QuestionForm("questions_system", "follow_up_questions")
PROBES = QuestionForm("probes_system", "probes", probes=True)


class _Question(msgspec.Struct):
    why: str
    evidence: list[str]
    text: str
    probe: ProbeKind | None = None


class _Answer(msgspec.Struct):
    questions: list[_Question]


class QuestionWriter:
    """Questions from a model behind the configured endpoint, in one form.

    `wait` gets the seconds to wait before a retry (tests pass their own).
    """

    def __init__(
        self, settings: JudgeSettings, form: QuestionForm = FOLLOW_UPS, wait: Callable[[float], None] = time.sleep
    ) -> None:
        self._endpoint = ChatEndpoint(settings, wait)
        self._form = form

    def write(self, case: Case, past: Sequence[str]) -> tuple[FollowUp, ...]:
        """At most two questions, none of them in `past`, that rest on evidence and touch nothing protected.

        Probes have a kind, and are not leading, double or hypothetical either.

        Raises:
            JudgeFailure: no usable answer.
        """
        messages = [
            {"role": "system", "content": template(self._form.system)},
            {"role": "user", "content": _prompt(case, past)},
        ]
        reply = self._endpoint.ask(messages, 0, TASK, self._form.response_format)
        answer = decode_answer(reply.text, _Answer)
        if answer is None:
            raise JudgeFailure(
                "The judge model's answer for questions is not the JSON asked for.", "No question was suggested."
            )
        spoken = {u.id for u in case.candidate}
        found: list[FollowUp] = []
        for question in answer.questions:
            evidence = tuple(dict.fromkeys(i for i in question.evidence if i in spoken))
            text, why = " ".join(question.text.split()), " ".join(question.why.split())
            earlier = (*past, *(f.text for f in found))
            if evidence and self._holds(question, text, why) and not said_before(text, earlier):
                digest = hashlib.sha256(fold(text).encode()).hexdigest()[:10]
                found.append(FollowUp(f"model-{digest}", "model", text, why, evidence, question.probe))
        return tuple(found[:MOST])

    def _holds(self, question: _Question, text: str, why: str) -> bool:
        if self._form.probes and (question.probe is None or fault_of(text) is not None):
            return False
        return _holds(text, why)


def _prompt(case: Case, past: Sequence[str]) -> str:
    latest = case.transcript.utterances[-LATEST_UTTERANCES:]
    return Template(template("questions")).substitute(
        most=MOST,
        job=job_lines(case),
        past="\n".join(f"- {text}" for text in past) or "- none",
        nonce=secrets.token_hex(8),
        data="\n".join(f"[{u.id}] {u.role}: {' '.join(u.text.split())}" for u in latest),
        language=LANGUAGES.get(case.language, "English"),
    )


def _holds(text: str, why: str) -> bool:
    if not 0 < len(text) <= LONGEST_TEXT or not 0 < len(why) <= LONGEST_TEXT:
        return False
    return not addresses_judge(f"{text} {why}") and may_be_suggested(text) and may_be_suggested(why)


def said_before(text: str, earlier: Sequence[str]) -> bool:
    """True when `text` is one of `earlier`, or the same in other words (cosine from `SAME`)."""
    if any(fold(text) == fold(other) for other in earlier):
        return True
    return bool(earlier) and float(np.max(encode(list(earlier)) @ encode([text])[0])) >= SAME
