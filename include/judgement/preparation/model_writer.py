"""Prepared questions written by a judge model: it words the question; reason and evidence stay ours."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from string import Template
from typing import Any

import msgspec

from include.interview.assessment.rubric import Rubric
from include.interview.errors import JudgeFailure
from include.interview.preparation.ranking import MOST_QUESTIONS
from include.interview.preparation.records import Matter, OpenMatters, WriterIdentity
from include.judgement.model_answers import decode_answer
from include.judgement.openai_wire import ChatEndpoint
from include.judgement.preparation.wordings import reason_for
from include.judgement.prompting import template
from include.judgement.question_writer import LANGUAGES
from include.settings import JudgeSettings

TASK = "prepared questions"
WRITER_VERSION = "1"
SHOWN_MATTERS = 12
"""Matters a model is shown: half as many again as questions are wanted, so that a refused one has a successor."""
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["questions"],
    "properties": {
        "questions": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["matter", "text"],
                "properties": {"matter": {"type": "string"}, "text": {"type": "string"}},
            },
        }
    },
}
RESPONSE_FORMAT: dict[str, Any] = {
    "type": "json_schema",
    "json_schema": {"name": "prepared_questions", "strict": True, "schema": _SCHEMA},
}


class _Question(msgspec.Struct):
    matter: str
    text: str


class _Answer(msgspec.Struct):
    questions: list[_Question]


class ModelWriter:
    """A model behind the configured endpoint. `wait` gets the seconds to wait before a retry (tests pass their own)."""

    def __init__(self, settings: JudgeSettings, wait: Callable[[float], None] = time.sleep) -> None:
        self._endpoint = ChatEndpoint(settings, wait)
        self.identity = WriterIdentity("model", "openai", settings.model, WRITER_VERSION)

    def drafts(
        self, matters: Sequence[Matter], open_: OpenMatters, rubric: Rubric
    ) -> Iterator[tuple[Matter | None, str]]:
        """(matter, question) as the model wrote them; a matter it invented comes as None.

        Raises:
            JudgeFailure: no usable answer.
        """
        if not matters:
            return
        shown = {f"m{n}": matter for n, matter in enumerate(matters[:SHOWN_MATTERS], start=1)}
        messages = [
            {"role": "system", "content": template("preparation_system")},
            {"role": "user", "content": _prompt(shown, open_, rubric)},
        ]
        reply = self._endpoint.ask(messages, 0, TASK, RESPONSE_FORMAT)
        answer = decode_answer(reply.text, _Answer)
        if answer is None:
            raise JudgeFailure(
                "The judge model's answer for prepared questions is not the JSON asked for.", "No question was stored."
            )
        for question in answer.questions:
            yield shown.get(question.matter), question.text


def _prompt(shown: dict[str, Matter], open_: OpenMatters, rubric: Rubric) -> str:
    return Template(template("preparation")).substitute(
        most=MOST_QUESTIONS,
        matters="\n".join(_matter(name, matter, open_, rubric) for name, matter in shown.items()),
        asked="\n".join(f"- {text}" for text in open_.asked) or "- none",
        nonce=secrets.token_hex(8),
        data="\n".join(f"[{name}] {e.quote}" for name, matter in shown.items() for e in matter.evidence) or "none",
        language=LANGUAGES[open_.language],
    )


def _matter(name: str, matter: Matter, open_: OpenMatters, rubric: Rubric) -> str:
    criterion = rubric.criterion(matter.criterion)
    anchor = criterion.anchor(matter.anchor).text.text(open_.language)
    why = reason_for(matter, rubric).text.text(open_.language)
    return f"[{name}] {criterion.name.text(open_.language)}. {why} Wanted: {anchor}"
