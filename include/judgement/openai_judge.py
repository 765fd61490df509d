"""A judge model behind any endpoint that speaks the OpenAI chat-completions protocol.

One call per criterion and run; the answer must fit a strict JSON schema and every quote must stand in the transcript.
An answer that does not hold is a failure, never a score.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import msgspec

from include.interview.case import Case
from include.interview.errors import JudgeFailure
from include.interview.quotes import find_quote
from include.interview.records import Bilingual, Insufficiency, JudgeIdentity, Judgement, Quote, Record, Usage
from include.interview.rubric import Criterion
from include.judgement.injection import addresses_judge, injection_flags
from include.judgement.prompting import (
    LEVELS,
    MAX_QUOTES,
    RESPONSE_FORMAT,
    criterion_prompt,
    prompt_sha256,
    repair_prompt,
    system_prompt,
)
from include.settings import JudgeSettings

OPENAI_JUDGE_VERSION = "1"
TEMPERATURE = 0.3
"""Above zero, so that k runs show how sure the model is of its level; low, so that they stay close."""
SEED = 20_000
"""Run r asks with seed SEED + r: endpoints that honour seeds then repeat themselves."""
MAX_ATTEMPTS = 5
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 30.0
MAX_ANSWER_TOKENS = 1500
_RETRIED_STATUS = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
_OPTIONAL = ("temperature", "seed")
"""Parameters that some models refuse; when an endpoint names one in a 400, the call is made without it."""


class _AnswerQuote(msgspec.Struct):
    utterance_id: str
    text: str


class _Answer(msgspec.Struct):
    insufficient: str | None
    quotes: list[_AnswerQuote]
    rationale_ko: str
    rationale_en: str
    level: float | None


class _Reply(Record, frozen=True):
    text: str
    usage: Usage


class OpenAIJudge:
    """Judges words by a model. `wait` gets the seconds to wait before a retry (tests pass their own)."""

    def __init__(self, settings: JudgeSettings, wait: Callable[[float], None] = time.sleep) -> None:
        self._settings = settings
        self._wait = wait
        self._client: Any = None
        self._refused: set[str] = set()
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
            JudgeFailure: no usable answer after the bounded retries, an answer that is not the JSON asked for, or a
                quote that is not in the transcript even after one request to correct it.
        """
        messages = [
            {"role": "system", "content": system_prompt()},
            {"role": "user", "content": criterion_prompt(case, criterion)},
        ]
        reply = self._ask(messages, run, criterion.id)
        usage = reply.usage
        answer = _decode(reply.text, criterion.id)
        problem, quotes = _check(case, answer)
        if problem:
            messages += [
                {"role": "assistant", "content": reply.text},
                {"role": "user", "content": repair_prompt(problem)},
            ]
            reply = self._ask(messages, run, criterion.id)
            usage = _sum(usage, reply.usage)
            answer = _decode(reply.text, criterion.id)
            problem, quotes = _check(case, answer)
            if problem:
                raise JudgeFailure(
                    f"The judge model's answer for {criterion.id!r} did not hold, also after correction: {problem}",
                    "Nothing was scored; run the step again or use another model.",
                )
        return self._judgement(case, criterion, run, answer, quotes, usage)

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

    # ------------------------------------------------------------ the wire

    def _connect(self) -> Any:
        if self._client is None:
            from openai import OpenAI

            self._client = OpenAI(
                api_key=self._settings.api_key or "none",
                base_url=self._settings.base_url,
                timeout=self._settings.timeout_s,
                max_retries=0,  # retries are ours: bounded, and with waits a test can watch
            )
        return self._client

    def _call(self, messages: list[dict[str, str]], run: int) -> Any:
        options: dict[str, Any] = {"temperature": TEMPERATURE, "seed": SEED + run}
        return self._connect().chat.completions.create(
            model=self._settings.model,
            messages=messages,
            response_format=RESPONSE_FORMAT,
            max_completion_tokens=MAX_ANSWER_TOKENS,
            **{k: v for k, v in options.items() if k not in self._refused},
        )

    def _ask(self, messages: list[dict[str, str]], run: int, criterion: str) -> _Reply:
        import openai

        failure = "no attempt was made"
        for attempt in range(MAX_ATTEMPTS):
            try:
                return self._reply(self._call(messages, run), criterion)
            except openai.APITimeoutError:
                failure, asked = f"no answer within {self._settings.timeout_s:g} s", None
            except openai.APIConnectionError:
                failure, asked = "the endpoint could not be reached", None
            except openai.APIStatusError as error:
                # The body may repeat the prompt or the key: only the status leaves this function.
                failure, asked = f"HTTP {error.status_code}", _retry_after(error)
                refused = next((p for p in _OPTIONAL if p == error.param and p not in self._refused), None)
                if error.status_code == 400 and refused:
                    self._refused.add(refused)
                    continue
                if error.status_code not in _RETRIED_STATUS:
                    raise _unusable(error.status_code) from None
            except (openai.APIError, ValueError):  # ValueError: a 200 whose body is no JSON
                raise JudgeFailure("The judge endpoint did not answer in the OpenAI protocol.", _SETTINGS) from None
            if attempt + 1 < MAX_ATTEMPTS:
                self._wait(_wait_s(attempt, asked))
        raise JudgeFailure(f"The judge model gave no answer in {MAX_ATTEMPTS} attempts: {failure}.", "Try again later.")

    def _reply(self, completion: Any, criterion: str) -> _Reply:
        choices = getattr(completion, "choices", None)
        if not choices:
            raise JudgeFailure("The judge endpoint did not answer in the OpenAI protocol.", _SETTINGS)
        choice = choices[0]
        if getattr(choice.message, "refusal", None):
            raise JudgeFailure(f"The judge model refused to judge {criterion!r}.", "Nothing was scored.")
        if choice.finish_reason == "length":
            raise JudgeFailure(f"The judge model's answer for {criterion!r} was cut off.", "Nothing was scored.")
        return _Reply(choice.message.content or "", self._usage(completion.usage))

    def _usage(self, usage: Any) -> Usage:
        prompt = usage.prompt_tokens if usage else 0
        completion = usage.completion_tokens if usage else 0
        prices = (self._settings.price_prompt_usd_per_million, self._settings.price_completion_usd_per_million)
        cost = None
        if prices[0] is not None and prices[1] is not None:
            cost = (prompt * prices[0] + completion * prices[1]) / 1e6
        return Usage(calls=1, prompt_tokens=prompt, completion_tokens=completion, cost_usd=cost)


_SETTINGS = "Check OPENAI_BASE_URL, OPENAI_API_KEY and TRIVIEW_JUDGE_MODEL."


def _unusable(status: int) -> JudgeFailure:
    return JudgeFailure(f"The judge endpoint refused the request (HTTP {status}).", _SETTINGS, code="judge_refused")


def _retry_after(error: Any) -> float | None:
    try:
        return max(float(error.response.headers.get("retry-after", "")), 0.0)
    except ValueError:
        return None


def _wait_s(attempt: int, asked: float | None) -> float:
    """Seconds before the next attempt: what the server asked for, else 1, 2, 4, 8; never more than half a minute."""
    return min(asked if asked is not None else FIRST_WAIT_S * 2**attempt, LONGEST_WAIT_S)


def _decode(text: str, criterion: str) -> _Answer:
    try:
        return msgspec.json.decode(text, type=_Answer)
    except msgspec.MsgspecError:
        # The decoder's message may hold words of the transcript: it is not repeated.
        raise JudgeFailure(
            f"The judge model's answer for {criterion!r} is not the JSON asked for.",
            "Nothing was scored; the model may not support response_format json_schema.",
        ) from None


def _check(case: Case, answer: _Answer) -> tuple[str, tuple[Quote, ...]]:
    """What is wrong with `answer` ("" when it holds), and its verified quotes. Never repeats the model's words."""
    if (answer.level is None) == (answer.insufficient is None):
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


def _sum(first: Usage, second: Usage) -> Usage:
    cost = None if first.cost_usd is None or second.cost_usd is None else first.cost_usd + second.cost_usd
    return Usage(
        calls=first.calls + second.calls,
        prompt_tokens=first.prompt_tokens + second.prompt_tokens,
        completion_tokens=first.completion_tokens + second.completion_tokens,
        cost_usd=cost,
    )
