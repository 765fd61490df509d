"""Calls to any endpoint that speaks the OpenAI chat-completions protocol: bounded retries, no words in errors."""

from __future__ import annotations

import re
import time
import weakref
from collections.abc import Callable
from typing import Any

import msgspec

from include.interview.errors import BadInput, JudgeFailure
from include.interview.intake.structured import check_json_depth
from include.interview.records import Record, Usage
from include.judgement.openai_dialects import Dialect, is_content_filter
from include.settings import JudgeSettings, is_loopback

TEMPERATURE = 0.3
"""Above zero, so that k runs show how sure the model is of its level; low, so that they stay close."""
SEED = 20_000
"""Run r asks with seed SEED + r: endpoints that honour seeds then repeat themselves."""
UNREACHABLE = "judge_unreachable"
"""Code of a failure after which it is of no use to ask for something else."""
MAX_ATTEMPTS = 5
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 30.0
BUDGET_GROWTH = 4
"""How many times larger the one second budget is: hidden reasoning takes some thousand tokens."""
MAX_BODY_BYTES = 8 * 1024**2
_RETRIED_STATUS = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
_REFUSING_STATUS = frozenset({400, 422})
_SETTINGS = "Check OPENAI_BASE_URL, OPENAI_API_KEY and TRIVIEW_JUDGE_MODEL."
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.]{2,48}")


class Reply(Record, frozen=True):
    """The text of a model's answer, with its cost."""

    text: str
    usage: Usage


class _Cut(Exception):
    """The answer ended at the budget."""


class ChatEndpoint:
    """One configured endpoint. `wait` gets the seconds to wait before a retry (tests pass their own).

    What the endpoint refuses, and the budget it needs, are found out by the first calls and kept for the rest.
    """

    def __init__(self, settings: JudgeSettings, wait: Callable[[float], None] = time.sleep) -> None:
        self._settings = settings
        self._wait = wait
        self._client: Any = None
        self._dialect = Dialect()
        self._budget = settings.answer_tokens

    def _connect(self) -> Any:
        if self._client is None:
            from openai import DefaultHttpxClient, OpenAI

            # No proxy leads to this machine.
            direct = DefaultHttpxClient(trust_env=False) if is_loopback(self._settings.base_url) else None
            self._client = OpenAI(
                api_key=self._settings.api_key or "none",
                base_url=self._settings.base_url,
                timeout=self._settings.timeout_s,
                max_retries=0,  # retries are ours: bounded, and with waits a test can watch
                http_client=direct,
            )
            weakref.finalize(self, self._client.close)
        return self._client

    def _call(self, messages: list[dict[str, str]], run: int, response_format: dict[str, Any]) -> Any:
        body = self._dialect.request(
            messages,
            seed=SEED + run,
            temperature=TEMPERATURE,
            tokens=self._budget,
            response_format=response_format,
        )
        create = self._connect().chat.completions.with_raw_response.create
        return create(model=self._settings.model, **body).http_response

    def ask(self, messages: list[dict[str, str]], run: int, task: str, response_format: dict[str, Any]) -> Reply:
        """The model's answer. `run` shifts the seed, `task` names in errors what was asked for ("cognitive").

        Raises:
            JudgeFailure: no usable answer after the bounded retries; the text names the true cause.
        """
        import openai

        failure, attempt, known = "no attempt was made", 0, self._dialect.state()
        while attempt < MAX_ATTEMPTS:
            asked = None
            try:
                return self._reply(self._call(messages, run, response_format), task)
            except _Cut:
                self._grow_budget(task)
                continue
            except openai.APITimeoutError:
                failure = f"no answer within {self._settings.timeout_s:g} s"
            except openai.APIConnectionError:
                failure = "the endpoint could not be reached"
            except openai.APIStatusError as error:
                # The body may repeat the prompt or the key: only the status and a code leave this function.
                failure, asked = f"HTTP {error.status_code}", _retry_after(error)
                if self._learns(error, task):
                    continue
                if error.status_code not in _RETRIED_STATUS:
                    self._dialect.restore(known)
                    raise _unusable(error) from None
            except openai.APIError:
                raise _no_protocol() from None
            attempt += 1
            if attempt < MAX_ATTEMPTS:
                self._wait(_wait_s(attempt - 1, asked))
        raise JudgeFailure(
            f"The judge model gave no answer in {MAX_ATTEMPTS} attempts: {failure}.",
            "Try again later.",
            code=UNREACHABLE,
        )

    def _learns(self, error: Any, task: str) -> bool:
        """True when the refusal was of a parameter that can be sent otherwise or left out."""
        message, code = _said(error)
        if is_content_filter(code, message):
            raise _filtered(task)
        return error.status_code in _REFUSING_STATUS and self._dialect.learn(error.param, message)

    def _grow_budget(self, task: str) -> None:
        first = self._settings.answer_tokens
        if self._budget > first or not self._dialect.sends("tokens"):
            raise JudgeFailure(
                f"The judge model's answer for {task!r} was cut off at {self._budget} tokens (hidden ones count).",
                f"Nothing was scored; raise TRIVIEW_JUDGE_ANSWER_TOKENS (now {first}; {BUDGET_GROWTH} times as many "
                "were tried), or use a model that reasons less.",
                code="judge_budget",
            ) from None
        self._budget = first * BUDGET_GROWTH

    def _reply(self, response: Any, task: str) -> Reply:
        """The text and usage of a completion. Nothing about its shape is taken for granted."""
        completion = _body(response)
        choices = completion.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        if not isinstance(choice, dict):
            raise _no_protocol()
        message = choice.get("message")
        message = message if isinstance(message, dict) else {}
        finish = choice.get("finish_reason")
        if finish == "content_filter":
            raise _filtered(task)
        if message.get("refusal"):
            raise JudgeFailure(f"The judge model refused to judge {task!r}.", "Nothing was scored.")
        if finish == "length":
            raise _Cut
        return Reply(_text(message.get("content")), self._usage(completion.get("usage")))

    def _usage(self, usage: Any) -> Usage:
        counts = usage if isinstance(usage, dict) else {}
        prompt, completion = _count(counts.get("prompt_tokens")), _count(counts.get("completion_tokens"))
        prices = (self._settings.price_prompt_usd_per_million, self._settings.price_completion_usd_per_million)
        cost = None
        if prices[0] is not None and prices[1] is not None and prompt is not None and completion is not None:
            cost = (prompt * prices[0] + completion * prices[1]) / 1e6
        return Usage(calls=1, prompt_tokens=prompt, completion_tokens=completion, cost_usd=cost)


def _body(response: Any) -> dict[str, Any]:
    data = response.content
    if len(data) > MAX_BODY_BYTES:
        raise _no_protocol()
    try:
        check_json_depth(data.decode(), "answer")
        found = msgspec.json.decode(data)
    except (BadInput, UnicodeDecodeError, msgspec.MsgspecError):
        raise _no_protocol() from None
    if not isinstance(found, dict):
        raise _no_protocol()
    return found


def _text(content: Any) -> str:
    """The text of a message: a string, or the texts of a list of parts; "" when there is none."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    texts = [part.get("text") for part in parts if isinstance(part, dict) and part.get("type", "text") != "reasoning"]
    return "".join(text for text in texts if isinstance(text, str))


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _said(error: Any) -> tuple[str, str | None]:
    """Message and code of an error's body, in whatever form the endpoint wrote it."""
    body = error.body
    message = msgspec.json.encode(body).decode() if isinstance(body, dict | list | str) else ""
    code = body.get("code") if isinstance(body, dict) else None
    return message, code if isinstance(code, str) else None


def _no_protocol() -> JudgeFailure:
    return JudgeFailure("The judge endpoint did not answer in the OpenAI protocol.", _SETTINGS)


def _filtered(task: str) -> JudgeFailure:
    return JudgeFailure(
        f"The content filter of the judge endpoint refused the request for {task!r}.",
        "Nothing was scored; have the filter's settings for this deployment looked at, or use another endpoint.",
        code="judge_filtered",
    )


def _unusable(error: Any) -> JudgeFailure:
    """The refusal with the endpoint's own code, when it is one word: a sentence may repeat the prompt."""
    _, code = _said(error)
    words = [word for word in (code, error.param) if isinstance(word, str) and _CODE.fullmatch(word)]
    named = f", {', '.join(words)}" if words else ""
    return JudgeFailure(
        f"The judge endpoint refused the request (HTTP {error.status_code}{named}).", _SETTINGS, code="judge_refused"
    )


def _retry_after(error: Any) -> float | None:
    try:
        asked = float(error.response.headers.get("retry-after", ""))
    except ValueError:
        return None
    return max(asked, 0.0) if asked == asked else None


def _wait_s(attempt: int, asked: float | None) -> float:
    """Seconds before the next attempt: what the server asked for, else 1, 2, 4, 8; never more than half a minute."""
    return min(asked if asked is not None else FIRST_WAIT_S * 2**attempt, LONGEST_WAIT_S)
