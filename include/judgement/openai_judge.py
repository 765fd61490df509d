"""A judge model behind any endpoint that speaks the OpenAI chat-completions protocol.

One call per criterion and run; the answer must fit a strict JSON schema and every quote must stand in the transcript.
An answer that does not hold is a failure, never a score.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

from include.interview.assessment.rubric import Criterion
from include.interview.case import Case
from include.interview.errors import JudgeFailure
from include.interview.records import Bilingual, Insufficiency, JudgeIdentity, Judgement, Quote, Usage
from include.interview.scoring.card import sum_usage
from include.interview.transcript.quotes import find_quote
from include.judgement.injection import addresses_judge, injection_flags
from include.judgement.model_answers import decode_answer
from include.judgement.openai_wire import ChatEndpoint
from include.judgement.prompting import (
    LEVELS,
    MAX_QUOTES,
    RESPONSE_FORMAT,
    criterion_prompt,
    prompt_sha256,
    repair_prompt,
    system_prompt,
)
from include.judgement.question_matching import answers_for, read_only
from include.settings import JudgeSettings

OPENAI_JUDGE_VERSION = "2"
ATTEMPTS = 2
"""Requests for one judgement: one, and one to correct what did not hold."""
NO_JSON = "it was not one JSON object with the keys insufficient, quotes, rationale_ko, rationale_en and level."


class _AnswerQuote(msgspec.Struct):
    utterance_id: str
    text: str


class _Answer(msgspec.Struct):
    insufficient: str | None
    quotes: list[_AnswerQuote]
    rationale_ko: str
    rationale_en: str
    level: float | None


class OpenAIJudge:
    """Judges words by a model. `wait` gets the seconds to wait before a retry (tests pass their own)."""

    def __init__(self, settings: JudgeSettings, wait: Callable[[float], None] = time.sleep) -> None:
        self._endpoint = ChatEndpoint(settings, wait)
        self.identity = JudgeIdentity(
            name="OpenAI-compatible judge",
            kind="openai",
            model=settings.model,
            version=OPENAI_JUDGE_VERSION,
            prompt_sha256=prompt_sha256(),
        )

    def judge(self, case: Case, criterion: Criterion, run: int) -> Judgement:
        """One judgement of `criterion`; run numbers differ in their seed.

        Raises:
            JudgeFailure: no usable answer after the bounded retries, or one that is not the JSON asked for or quotes
                what is not in the transcript, even after one request to correct it.
        """
        shown = read_only(case, answers_for(case, criterion))
        messages = [
            {"role": "system", "content": system_prompt()},
            {"role": "user", "content": criterion_prompt(shown, criterion)},
        ]
        usage = Usage()
        for attempt in range(ATTEMPTS):
            reply = self._endpoint.ask(messages, run, criterion.id, RESPONSE_FORMAT)
            usage = sum_usage((usage, reply.usage))
            answer = decode_answer(reply.text, _Answer)
            problem, quotes = (NO_JSON, ()) if answer is None else _check(shown, answer)
            if answer is not None and not problem:
                return self._judgement(case, criterion, run, answer, quotes, usage)
            if attempt + 1 < ATTEMPTS:
                messages += [
                    {"role": "assistant", "content": reply.text or "(nothing)"},
                    {"role": "user", "content": repair_prompt(problem)},
                ]
        if answer is None:
            raise JudgeFailure(
                f"The judge model's answer for {criterion.id!r} is not the JSON asked for, also after correction.",
                "Nothing was scored; use a model that follows a JSON schema.",
            )
        raise JudgeFailure(
            f"The judge model's answer for {criterion.id!r} did not hold, also after correction: {problem}",
            "Nothing was scored; run the step again or use another model.",
        )

    def _judgement(
        self, case: Case, criterion: Criterion, run: int, answer: _Answer, quotes: tuple[Quote, ...], usage: Usage
    ) -> Judgement:
        reason = None
        if answer.level is None:
            reason = Insufficiency("judge_insufficient", Bilingual(answer.rationale_ko, answer.rationale_en))
        return Judgement(
            criterion=criterion.id,
            run=run,
            level=answer.level,
            judge=self.identity,
            rationale=Bilingual(answer.rationale_ko, answer.rationale_en),
            evidence=quotes,
            reason=reason,
            flags=injection_flags(case.candidate),
            usage=usage,
        )


def _check(case: Case, answer: _Answer) -> tuple[str, tuple[Quote, ...]]:
    """What is wrong with `answer` ("" when it holds), and its verified quotes. Never repeats the model's words."""
    if (answer.level is None) == (not (answer.insufficient or "").strip()):
        return "give either a level or a reason in insufficient, not both and not neither.", ()
    if answer.level is not None and answer.level not in LEVELS:
        return "the level must be 1 to 5 in steps of a half.", ()
    if not answer.rationale_ko.strip() or not answer.rationale_en.strip():
        return "the rationale is missing in one of the two languages.", ()
    found = []
    for number, quote in enumerate(answer.quotes, start=1):
        verified = find_quote(case.transcript, quote.utterance_id, quote.text)
        if verified is None:
            return f"quote {number} is not in the candidate's utterance that it names.", ()
        if addresses_judge(verified.text):
            return f"quote {number} is a request to the judge, not evidence.", ()
        found.append(verified)
    if answer.level is not None and not 1 <= len(found) <= MAX_QUOTES:
        return f"give one to {MAX_QUOTES} quotes.", ()
    return "", tuple(found)
