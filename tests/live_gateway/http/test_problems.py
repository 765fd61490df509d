"""Errors: problem+json in the reader's language, with stable codes and no inside of ours."""

from __future__ import annotations

import logging
import re
import sys

import pytest

from include.interview import errors
from include.interview.errors import TriviewError
from include.settings import PROJECT_ROOT
from live_gateway.http.edge import CONTENT_POLICY
from live_gateway.http.interviews import report_policy
from live_gateway.logs import JsonLines
from live_gateway.problem_texts import ENGLISH_REASONS, NOT_EVALUATED, TEXTS
from live_gateway.problems import language_of, reason_text, sentences, status_of
from tests.live_gateway.http.conftest import Cast
from tests.support.gateway_thread import Gateway

TASK_FILES = ("ai/uploads.py", "live/results.py", "evaluation/card_standing.py", "evaluation/publish.py")
HANGUL = re.compile("[가-힣]")


@pytest.mark.unit
@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("ko", "ko"),
        ("ko-KR,ko;q=0.9,en-US;q=0.8", "ko"),
        ("en-US,ko;q=0.9", "en"),
        ("fr, ko;q=0.2", "ko"),
        ("fr", "en"),
        ("ko;q=0", "en"),
        ("ko;q=abc, en;q=0.1", "en"),
    ],
)
def test_the_readers_language(header: str, language: str) -> None:
    assert language_of({"accept-language": header}) == language


@pytest.mark.unit
def test_every_class_of_error_has_a_status_and_korean() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, TriviewError)]
    assert len(kinds) > 7
    for kind in kinds:
        assert 400 <= status_of(kind("cause", "remedy")) < 600
        assert kind.code in TEXTS, kind
        assert HANGUL.search(sentences(kind("cause", "remedy"), "ko")[0])
    assert sentences(errors.BadInput("cause", "remedy"), "en") == ("cause", "remedy")


@pytest.mark.unit
def test_what_is_refused_for_the_state_it_met_is_a_conflict() -> None:
    """Every code that says that somebody or something was faster: the request was right, its moment was not."""
    rooms = ("include/interview", "include/storage/repositories", "tasks", "live_gateway/http")
    files = [file for room in rooms for file in (PROJECT_ROOT / room).rglob("*.py")]
    codes = {code for file in files for code in re.findall(r'code="([a-z_]+)"', file.read_text(encoding="utf-8"))}
    faster = re.compile(
        "already_|_meanwhile$|_closed$|_over$|_taken$|_exists$|_conflict$|_busy$|^not_a_|^not_on_|^review_"
    )
    of_no_request = {"not_a_session_recording", "not_handed_over", "speech_closed"}
    met = {code for code in codes if faster.search(code)} - of_no_request
    assert {"changed_meanwhile", "not_a_change", "not_on_panel", "already_rated", "review_not_ready"} <= met
    for code in sorted(met | {"legal_hold"}):
        assert (code, status_of(errors.BadInput("cause", "remedy", code=code))) == (code, 409)


@pytest.mark.unit
def test_every_code_that_can_reach_a_reader_is_known_in_korean() -> None:
    rooms = ("include/airflow_client", "include/storage", "live_gateway/http")
    files = [file for room in rooms for file in (PROJECT_ROOT / room).rglob("*.py")]
    files += [PROJECT_ROOT / "live_gateway" / name for name in ("identity.py", "triggers.py")]
    files += [PROJECT_ROOT / "tasks" / name for name in TASK_FILES]
    codes = {code for file in files for code in re.findall(r'code="([a-z_]+)"', file.read_text(encoding="utf-8"))}
    assert len(codes) > 20
    assert sorted(codes - set(TEXTS)) == []
    guard = (PROJECT_ROOT / "include/perception/media/guard.py").read_text(encoding="utf-8")
    table = guard[guard.index("_SENTENCES") : guard.index("def bad_media")]
    for code in re.findall(r'^    "([a-z_]+)": \(', table, re.MULTILINE):
        assert f"bad_media.{code}" in TEXTS
        assert f"bad_media.{code}" in ENGLISH_REASONS


@pytest.mark.unit
def test_why_an_interview_failed_is_never_said_of_its_recording_without_knowing() -> None:
    assert reason_text("bad_media.of_tomorrow", "en") == ENGLISH_REASONS["bad_media"]
    for language, said in zip(("ko", "en"), NOT_EVALUATED, strict=True):
        assert reason_text("a_code_of_tomorrow", language) == said
    assert [code for code in ENGLISH_REASONS if reason_text(code, "ko") == NOT_EVALUATED[0]] == []


@pytest.mark.unit
def test_logs_tell_places_and_types_but_no_texts() -> None:
    try:
        int("홍길동 said something")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed", None, sys.exc_info())
    line = JsonLines().format(record)
    assert '"error":"ValueError"' in line
    assert "test_problems.py" in line
    assert "홍길동" not in line


@pytest.mark.unit
def test_a_report_may_run_its_own_scripts_only() -> None:
    policy = report_policy("<p>가</p><script>one()</script><script type='a'>two()</script>".encode())
    assert policy.count("'sha256-") == 2
    assert "script-src 'none'" in report_policy(b"<p>none</p>")
    assert "unsafe-inline" not in policy.partition("style-src")[0]


@pytest.mark.services
def test_problems_in_both_languages(cast: Cast) -> None:
    client = cast.of("hr")
    for language in ("ko", "en"):
        answers = [
            client.get("/api/v1/interviews/nothing", headers={"Accept-Language": language}),
            client.get("/api/v1/nothing", headers={"Accept-Language": language}),
            client.delete("/api/v1/openings", headers={"Accept-Language": language}),
            client.post("/api/v1/openings", json={"title": "x"}, headers={"Accept-Language": language}),
            cast.nobody().get("/api/v1/openings", headers={"Accept-Language": language}),
            cast.of("auditor").post("/api/v1/openings", json={}, headers={"Accept-Language": language}),
        ]
        assert [answer.status_code for answer in answers] == [404, 404, 405, 400, 401, 403]
        for answer in answers:
            body = answer.json()
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["content-language"] == language
            assert body["status"] == answer.status_code
            assert body["type"] == f"urn:triview:problem:{body['code']}"
            for part in ("title", "detail", "remedy"):
                assert bool(HANGUL.search(body[part])) == (language == "ko"), body
    assert answers[3].json()["errors"] == [
        {"field": "description", "message": "Object missing required field `description`"}
    ]


@pytest.mark.services
def test_the_unforeseen_gives_a_reference_and_no_insides(
    gateway: Gateway, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    stores = gateway.services.stores

    class Broken:
        logins = stores.logins

        def acting_as(self, _: str) -> object:
            raise RuntimeError("홍길동's transcript")

    gateway.services.stores = Broken()  # type: ignore[assignment]
    try:
        answer = cast.of("hr").get("/api/v1/openings")
    finally:
        gateway.services.stores = stores
    assert answer.status_code == 500
    body = answer.json()
    assert body["code"] == "unexpected"
    assert re.fullmatch("[0-9a-f]{12}", body["reference"])
    assert "RuntimeError" not in answer.text
    (record,) = [one for one in caplog.records if getattr(one, "reference", "") == body["reference"]]
    assert record.error == "RuntimeError"
    assert "홍길동" not in JsonLines().format(record)


@pytest.mark.services
def test_every_answer_carries_the_security_headers(cast: Cast) -> None:
    for path in ("/api/v1/openings", "/api/v1/nothing", "/nothing", "/health/live", "/api/v1/openapi.json"):
        headers = cast.nobody().get(path).headers
        assert headers["content-security-policy"] == CONTENT_POLICY
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
    assert "'unsafe" not in CONTENT_POLICY
    assert "frame-ancestors 'none'" in CONTENT_POLICY
