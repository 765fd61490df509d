"""Calls to any endpoint that speaks the OpenAI chat-completions protocol: bounded retries, no words in errors."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from include.interview.errors import JudgeFailure
from include.interview.records import Record, Usage
from include.settings import JudgeSettings

TEMPERATURE = 0.3
"""Above zero, so that k runs show how sure the model is of its level; low, so that they stay close."""
SEED = 20_000
"""Run r asks with seed SEED + r: endpoints that honour seeds then repeat themselves."""
UNREACHABLE = "judge_unreachable"
"""Code of a failure after which it is of no use to ask for something else."""
MAX_ATTEMPTS = 5
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 30.0
MAX_ANSWER_TOKENS = 1500
_RETRIED_STATUS = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
_OPTIONAL = ("temperature", "seed")
"""Parameters that some models refuse; when an endpoint names one in a 400, the call is made without it."""
_SETTINGS = "Check OPENAI_BASE_URL, OPENAI_API_KEY and TRIVIEW_JUDGE_MODEL."


class Reply(Record, frozen=True):
    """The text of a model's answer, with its cost."""

    text: str
    usage: Usage


class ChatEndpoint:
    """One configured endpoint. `wait` gets the seconds to wait before a retry (tests pass their own)."""

    def __init__(self, settings: JudgeSettings, wait: Callable[[float], None] = time.sleep) -> None:
        self._settings = settings
        self._wait = wait
        self._client: Any = None
        self._refused: set[str] = set()

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

    def _call(self, messages: list[dict[str, str]], run: int, response_format: dict[str, Any]) -> Any:
        options: dict[str, Any] = {"temperature": TEMPERATURE, "seed": SEED + run}
        return self._connect().chat.completions.create(
            model=self._settings.model,
            messages=messages,
            response_format=response_format,
            max_completion_tokens=MAX_ANSWER_TOKENS,
            **{k: v for k, v in options.items() if k not in self._refused},
        )

    def ask(self, messages: list[dict[str, str]], run: int, task: str, response_format: dict[str, Any]) -> Reply:
        """The model's answer. `run` shifts the seed, `task` names in errors what was asked for ("cognitive").

        Raises:
            JudgeFailure: no usable answer after the bounded retries.
        """
        import openai

        failure = "no attempt was made"
        for attempt in range(MAX_ATTEMPTS):
            try:
                return self._reply(self._call(messages, run, response_format), task)
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
        raise JudgeFailure(
            f"The judge model gave no answer in {MAX_ATTEMPTS} attempts: {failure}.",
            "Try again later.",
            code=UNREACHABLE,
        )

    def _reply(self, completion: Any, task: str) -> Reply:
        choices = getattr(completion, "choices", None)
        if not choices:
            raise JudgeFailure("The judge endpoint did not answer in the OpenAI protocol.", _SETTINGS)
        choice = choices[0]
        if getattr(choice.message, "refusal", None):
            raise JudgeFailure(f"The judge model refused to judge {task!r}.", "Nothing was scored.")
        if choice.finish_reason == "length":
            raise JudgeFailure(f"The judge model's answer for {task!r} was cut off.", "Nothing was scored.")
        return Reply(choice.message.content or "", self._usage(completion.usage))

    def _usage(self, usage: Any) -> Usage:
        prompt = usage.prompt_tokens if usage else 0
        completion = usage.completion_tokens if usage else 0
        prices = (self._settings.price_prompt_usd_per_million, self._settings.price_completion_usd_per_million)
        cost = None
        if prices[0] is not None and prices[1] is not None:
            cost = (prompt * prices[0] + completion * prices[1]) / 1e6
        return Usage(calls=1, prompt_tokens=prompt, completion_tokens=completion, cost_usd=cost)


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
