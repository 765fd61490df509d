"""What endpoints of the OpenAI protocol really answer: used, asked for once more, or refused for the true reason."""

# ruff: noqa: E501 - what is tried stays in one line
from __future__ import annotations

import json
import re
import sys
import threading
from http.server import ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.interview.case import Case
from include.interview.errors import JudgeFailure
from include.interview.records import Usage
from include.interview.scoring.card import sum_usage
from include.judgement.model_answers import decode_answer
from include.judgement.openai_judge import OpenAIJudge, _Answer
from include.settings import JudgeSettings
from tests.support.ladders import case_of
from tests.support.services.chat_completions import Endpoint, Script, completion, fails, says
from tests.support.wild_cases import wild

pytestmark = pytest.mark.slow

SAID = "I split the work into three parts and called twelve sponsors because the budget was cut."
TEXT = f"""Interviewer: Tell me about a time when you showed leadership.
Interviewee: Last spring I led the festival team of nine people. {SAID} In the end we raised 3,000 dollars and the
festival took place on time. I learned that people follow when they know the reasons for a decision.
"""
ANSWER = {
    "insufficient": None,
    "quotes": [{"utterance_id": "u0002", "text": SAID}],
    "rationale_ko": "구체적인 행동을 말했다.",
    "rationale_en": "A concrete deed {sic} is told.",
    "level": 3.5,
}
JSON = json.dumps(ANSWER, ensure_ascii=False)
OTHER = json.dumps({**ANSWER, "level": 1})


@pytest.fixture(scope="module")
def case() -> Case:
    return case_of(TEXT)


def judge_at(url: str, **changes: Any) -> OpenAIJudge:
    settings = JudgeSettings(kind="openai", base_url=url, api_key="k", model="m", timeout_s=5.0, **changes)
    return OpenAIJudge(settings, wait=lambda _s: None)


def judged(case: Case, *scripts: Script, **changes: Any) -> tuple[Any, Endpoint]:
    with Endpoint(*scripts) as endpoint:
        return judge_at(endpoint.url, **changes).judge(case, case.rubric.criterion("cognitive"), 0), endpoint


@pytest.mark.parametrize(
    "content",
    [
        f"```json\n{JSON}\n```",
        f"```\n{JSON}\n```\n",
        f"<think>\nLet me see {{level: 2}}.\n</think>\n\n{JSON}",
        f"<think>{OTHER}</think>{JSON}",
        f"It may be a 2. {OTHER}</think>\n{JSON}",
        f"<THINKING>x</THINKING>\n```json\n{JSON}\n```",
        f"Here is the JSON:\n{JSON}",
        f"{JSON}\nI hope {{this}} helps!",
        f"{JSON}\n{JSON}",
        f"\ufeff \n{JSON}",
        [{"type": "text", "text": JSON}],
        [{"type": "reasoning", "text": OTHER}, {"type": "text", "text": JSON[:40]}, {"type": "text", "text": JSON[40:]}],
        json.dumps({**ANSWER, "insufficient": ""}),
        json.dumps({**ANSWER, "insufficient": "  ", "extra": [1]}),
    ],
)  # fmt: skip
def test_the_answer_is_used_wherever_it_stands(case: Case, content: Any) -> None:
    judgement, endpoint = judged(case, says(content))
    assert judgement.level == 3.5
    assert len(endpoint.requests) == 1


@pytest.mark.parametrize(
    "content",
    [None, "", [], "I would give a 4.", JSON[:-5], f"{JSON}\n{OTHER}", "{" * 5000, "null", "[1]", 7, {"text": JSON}, "x" * 300_000],
)  # fmt: skip
def test_what_cannot_be_read_is_asked_for_once_more(case: Case, content: Any) -> None:
    judgement, endpoint = judged(case, says(content), says(JSON))
    assert judgement.level == 3.5
    assert judgement.usage.calls == 2
    assert "JSON object" in endpoint.requests[1]["messages"][-1]["content"]
    with Endpoint(says(content)) as endpoint, pytest.raises(JudgeFailure, match=r"not the JSON.*also after correction"):
        judge_at(endpoint.url).judge(case, case.rubric.criterion("cognitive"), 0)
    assert len(endpoint.requests) == 2


@pytest.mark.parametrize(
    "usage",
    [None, {}, {"prompt_tokens": 10, "completion_tokens": None}, {"completion_tokens": "many"}, [], 5, {"prompt_tokens": -1}],
)  # fmt: skip
def test_unknown_usage_is_unknown_and_never_a_traceback(case: Case, usage: Any) -> None:
    body = {**completion(JSON), "usage": usage}
    priced = {"price_prompt_usd_per_million": 1.0, "price_completion_usd_per_million": 1.0}
    judgement, _ = judged(case, lambda _e, _b: (200, {}, body), **priced)
    assert judgement.level == 3.5
    assert judgement.usage.completion_tokens is None
    assert judgement.usage.cost_usd is None
    assert sum_usage((Usage(1, 5, 5, 0.1), judgement.usage)) == Usage(2, None, None, None) or usage == {
        "prompt_tokens": 10,
        "completion_tokens": None,
    }


def test_usage_may_be_absent(case: Case) -> None:
    body = {k: v for k, v in completion(JSON).items() if k in ("choices",)}
    assert judged(case, lambda _e, _b: (200, {}, body))[0].usage == Usage(1, None, None, None)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>", b"[]", b"null", b'"x"', b"{}", b'{"choices": null}', b'{"choices": [null]}', b'{"choices": {}}',
        b"\xff\xfe", b"[" * 100_000, b'{"choices": [7]}', b'{"error": {"message": "x"}}',
    ],
)  # fmt: skip
def test_a_body_that_is_no_completion_is_named(case: Case, body: bytes) -> None:
    with pytest.raises(JudgeFailure, match="OpenAI protocol"):
        judged(case, lambda _e, _b: (200, {}, body))


@pytest.mark.parametrize(
    "message", [None, {}, {"role": "assistant"}, {"content": None, "reasoning_content": JSON}, "x"]
)
def test_a_message_without_text_is_asked_for_once_more(case: Case, message: Any) -> None:
    body = {**completion(""), "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
    judgement, endpoint = judged(case, lambda _e, _b: (200, {}, body), says(JSON))
    assert judgement.level == 3.5
    assert len(endpoint.requests) == 2


def refusing(accepts: Any, status: int = 400, **error: Any) -> Script:
    """Refuses with `error` until `accepts(body)`."""

    def script(_endpoint: Endpoint, body: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
        if accepts(body):
            return 200, {}, completion(JSON)
        return status, {}, {"error": {"type": "invalid_request_error", "param": None, "code": None, **error}}

    return script


def extra_forbidden(_endpoint: Endpoint, body: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
    """One after the other, as pydantic lists them: only what it knows is taken."""
    extra = [k for k in body if k not in ("model", "messages", "max_tokens")]
    if not extra:
        return 200, {}, completion(JSON)
    detail = [{"type": "extra_forbidden", "loc": ["body", extra[0]], "msg": "Extra inputs are not permitted"}]
    return 422, {}, {"object": "error", "message": {"detail": detail}}


def always_the_same_name(_endpoint: Endpoint, body: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
    """Names max_completion_tokens whatever it minds."""
    if "max_completion_tokens" in body or "seed" in body:
        detail = [{"type": "extra_forbidden", "loc": ["body", "max_completion_tokens"], "msg": "not permitted"}]
        return 422, {}, {"object": "error", "message": {"detail": detail}}
    return 200, {}, completion(JSON)


def no_schema(body: dict[str, Any]) -> bool:
    return body.get("response_format", {}).get("type") != "json_schema"


REFUSALS = {
    "token parameter, no param": refusing(
        lambda b: "max_completion_tokens" not in b,
        message="Unrecognized request argument supplied: max_completion_tokens",
    ),
    "token parameter named with its successor": refusing(
        lambda b: "max_tokens" in b,
        message="Unsupported parameter: 'max_completion_tokens'. Use 'max_tokens' instead.",
        param="max_completion_tokens",
    ),
    "422 of pydantic": extra_forbidden,
    "422 that names one of two": always_the_same_name,
    "no schemas": refusing(no_schema, message="'response_format' of type 'json_schema' is not supported", param="response_format"),
    "no formats at all": refusing(lambda b: "response_format" not in b, message="response_format is not supported"),
    "guided decoding": refusing(no_schema, message="Structured output is unavailable: invalid json_schema"),
    "temperature without param": refusing(
        lambda b: "temperature" not in b,
        message="Unsupported value: 'temperature' does not support 0.3 with this model.",
        code="unsupported_value",
    ),
    "seed by param": refusing(lambda b: "seed" not in b, message="no", param="seed"),
    "seed and temperature": refusing(
        lambda b: not {"seed", "temperature"} & set(b), message="Unknown parameter in request body"
    ),
    "plain text": lambda _e, b: (200, {}, completion(JSON)) if "seed" not in b else (400, {}, b"extra field: seed"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refused_parameter_is_sent_otherwise_and_remembered(case: Case, name: str) -> None:
    with Endpoint(REFUSALS[name]) as endpoint:
        judge = judge_at(endpoint.url)
        assert judge.judge(case, case.rubric.criterion("cognitive"), 0).level == 3.5
        learning = len(endpoint.requests)
        assert judge.judge(case, case.rubric.criterion("cognitive"), 1).level == 3.5
        assert len(endpoint.requests) == learning + 1, "nothing is tried twice"
    assert learning <= 7
    if "response_format" not in endpoint.requests[-1] or no_schema(endpoint.requests[-1]):
        assert "rationale_ko" in endpoint.requests[-1]["messages"][-1]["content"], "the schema is told in words"


@pytest.mark.parametrize(
    ("error", "named"),
    [
        ({"message": "slow", "code": "model_not_found", "param": "model"}, "model_not_found"),
        ({"message": "This model's maximum context length is 8 tokens.", "code": "context_length_exceeded"}, "context_length"),
        ({"message": "The prompt triggered Azure OpenAI's content management policy.", "code": "content_filter"}, "content filter"),
        ({"message": "blocked", "innererror": {"code": "ResponsibleAIPolicyViolation"}}, "content filter"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("status", [400, 422])
def test_another_refusal_names_its_cause_at_once(case: Case, error: dict[str, Any], named: str, status: int) -> None:
    with Endpoint(fails(status, **error)) as endpoint, pytest.raises(JudgeFailure, match=named) as caught:
        judge_at(endpoint.url).judge(case, case.rubric.criterion("cognitive"), 0)
    assert len(endpoint.requests) == 1
    assert "sponsors" not in str(caught.value)


def test_what_never_helps_is_bounded_and_forgotten(case: Case) -> None:
    with Endpoint(fails(400, message="Invalid request")) as endpoint:
        judge = judge_at(endpoint.url)
        for _ in range(2):
            with pytest.raises(JudgeFailure, match="HTTP 400"):
                judge.judge(case, case.rubric.criterion("cognitive"), 0)
    assert len(endpoint.requests) <= 14
    assert {"seed", "temperature", "max_completion_tokens"} <= set(endpoint.requests[len(endpoint.requests) // 2])


def test_an_answer_filtered_is_said_so(case: Case) -> None:
    with pytest.raises(JudgeFailure, match="content filter"):
        judged(case, says("", finish="content_filter"))


def test_a_budget_that_reasoning_eats_is_raised_once_and_remembered(case: Case) -> None:
    def reasons(_endpoint: Endpoint, body: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
        enough = body["max_completion_tokens"] > 1500
        return 200, {}, completion(JSON if enough else "", finish="stop" if enough else "length")

    with Endpoint(reasons) as endpoint:
        judge = judge_at(endpoint.url)
        for _ in range(2):
            assert judge.judge(case, case.rubric.criterion("cognitive"), 0).level == 3.5
    assert [r["max_completion_tokens"] for r in endpoint.requests] == [1500, 6000, 6000]
    with (
        Endpoint(says("", finish="length")) as endpoint,
        pytest.raises(JudgeFailure, match=r"cut off at 800 tokens.*raise TRIVIEW_JUDGE_ANSWER_TOKENS \(now 200"),
    ):
        judge_at(endpoint.url, answer_tokens=200).judge(case, case.rubric.criterion("cognitive"), 0)


def test_no_proxy_leads_to_this_machine(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert judged(case, says(JSON))[0].level == 3.5


@given(
    st.text(alphabet="{}[]\"':, \n<think>/abc019\\`json")
    | st.just(JSON).flatmap(lambda j: st.integers(0, len(j)).map(lambda n: j[:n]))
)
def test_any_text_is_an_answer_or_none(text: str) -> None:  # fmt: skip
    found = decode_answer(text, _Answer)
    assert found is None or text.strip() == JSON


@pytest.mark.parametrize(
    ("mode", "level"),
    [(m, 3.0) for m in ("fence", "think", "prose", "emptyinsuf", "usagenull", "usageempty", "nousage", "mct", "mct422", "noschema", "tempnoparam")]
    + [("length", None), ("filter", None)],
)  # fmt: skip
def test_the_endpoints_met_in_the_wild(
    case: Case, mode: str, level: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = wild("10-parameter-refused/wire.py").read_text(encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["wire.py", mode, "0"])
    names: dict[str, Any] = {}
    exec(source[: source.rindex("http.server.ThreadingHTTPServer")], names)  # noqa: S102 - up to where it serves
    server = ThreadingHTTPServer(("127.0.0.1", 0), names["H"])
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        judge = judge_at(f"http://127.0.0.1:{server.server_address[1]}/v1")
        if level is not None:
            assert judge.judge(case, case.rubric.criterion("cognitive"), 0).level == level
        else:
            with pytest.raises(JudgeFailure, match=re.compile("TRIVIEW_JUDGE_ANSWER_TOKENS|content filter")):
                judge.judge(case, case.rubric.criterion("cognitive"), 0)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
        names["log"].close()
