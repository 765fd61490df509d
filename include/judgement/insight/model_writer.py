"""Insights written by a judge model: every claim goes through verification, and what does not hold is dropped."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from string import Template
from typing import Any

import msgspec

from include.interview.errors import JudgeFailure
from include.interview.insight.drafts import InsightDraft, insights_of
from include.interview.insight.records import KINDS, CheckedClaim, Claim, ClaimText
from include.interview.insight.sources import InsightSource, passages_of
from include.interview.records import Usage
from include.interview.scoring.card import sum_usage
from include.judgement.insight.verification import verify
from include.judgement.model_answers import decode_answer
from include.judgement.openai_wire import ChatEndpoint, Reply
from include.judgement.prompting import template
from include.settings import JudgeSettings

MOST = 8
ATTEMPTS = 2
"""Requests for claims: when none of the first holds, the model is asked once more with the reasons."""
TASK = "insights"
_LANGUAGES = {"ko": "Korean (plain 해라체)", "en": "English"}
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["claims"],
    "properties": {
        "claims": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["kind", "cites", "text"],
                "properties": {
                    "kind": {"type": "string", "enum": list(KINDS)},
                    "cites": {"type": "array", "items": {"type": "string"}},
                    "text": {"type": "string"},
                },
            },
        }
    },
}
RESPONSE_FORMAT: dict[str, Any] = {
    "type": "json_schema",
    "json_schema": {"name": "interview_insights", "strict": True, "schema": _SCHEMA},
}


class _Claim(msgspec.Struct):
    kind: str
    cites: list[str]
    text: str


class _Answer(msgspec.Struct):
    claims: list[_Claim]


class ModelInsightWriter:
    """Insights from a model behind the configured endpoint.

    `wait` gets the seconds to wait before a retry (tests pass their own).
    """

    def __init__(self, settings: JudgeSettings, wait: Callable[[float], None] = time.sleep) -> None:
        self._endpoint = ChatEndpoint(settings, wait)
        self._model = settings.model

    def write(self, sources: Sequence[InsightSource], language: str) -> InsightDraft:
        """Verified insights over `sources` in `language` ("ko" or "en"), at most `MOST`; of rejected claims no words.

        Raises:
            JudgeFailure: no usable answer.
            BadInput: two sources carry the same label.
        """
        messages = [
            {"role": "system", "content": template("insights_system")},
            {"role": "user", "content": _prompt(sources, language)},
        ]
        usage = Usage()
        for attempt in range(ATTEMPTS):
            reply = self._endpoint.ask(messages, attempt, TASK, RESPONSE_FORMAT)
            usage = sum_usage((usage, reply.usage))
            claims = _claims(reply, language)
            checked = verify(claims, sources)
            if not claims or any(one.status == "accepted" for one in checked) or attempt + 1 == ATTEMPTS:
                break
            messages += [
                {"role": "assistant", "content": reply.text},
                {
                    "role": "user",
                    "content": Template(template("insights_repair")).substitute(problems=_problems(checked)),
                },
            ]
        return msgspec.structs.replace(insights_of(claims, checked, self._model), usage=usage)


def _claims(reply: Reply, language: str) -> tuple[Claim, ...]:
    answer = decode_answer(reply.text, _Answer)
    if answer is None:
        raise JudgeFailure(
            "The judge model's answer for insights is not the JSON asked for.",
            "No insight was stored; the model may not support response_format json_schema.",
        )
    return tuple(
        Claim(
            id=f"model-{number}",
            kind=one.kind,
            text=ClaimText(ko=one.text) if language == "ko" else ClaimText(en=one.text),
            cites=tuple(one.cites),
        )
        for number, one in enumerate(answer.claims[:MOST], start=1)
    )


def _problems(checked: Sequence[CheckedClaim]) -> str:
    return " ".join(f"{number}: {one.reason.text.en}" for number, one in enumerate(checked, 1) if one.reason)


def _prompt(sources: Sequence[InsightSource], language: str) -> str:
    lines = [f"[{p.id}] {p.role}: {' '.join(p.text.split())}" for p in passages_of(sources).all]
    return Template(template("insights")).substitute(
        most=MOST, nonce=secrets.token_hex(8), data="\n".join(lines), language=_LANGUAGES[language]
    )
