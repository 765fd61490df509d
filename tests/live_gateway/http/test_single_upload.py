"""A recording in one request: consent, size and kind while it streams, encryption, and the run it starts."""

from __future__ import annotations

import hashlib
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from include.interview.errors import BadMedia
from tasks.ai.perceive import validate
from tasks.evaluation.context import StepContext
from tests.live_gateway.http.conftest import Cast
from tests.support.gateway_thread import Gateway, gateway_settings, running_gateway
from tests.support.patience import PATIENCE_S
from tests.support.upload_sounds import huge_frames, tone

pytestmark = pytest.mark.services
UPLOAD = "/api/v1/ai-interview/upload"


def send(client: httpx.Client, cast: Cast, content: bytes | Iterator[bytes], **more) -> httpx.Response:
    query = {"candidate_id": cast.candidate_id, "opening_id": cast.opening_id} | more.pop("query", {})
    return client.post(UPLOAD, params=query, content=content, **more)


def test_stores_encrypted_and_starts_the_run(gateway: Gateway, cast: Cast, airflow) -> None:
    sound = tone(pitch_hz=200)
    answer = send(cast.of("service"), cast, sound, headers={"X-SHA256": hashlib.sha256(sound).hexdigest()})
    assert answer.status_code == 202, answer.text
    body = answer.json()
    assert body["state"] == "started"
    interview_id = body["interview_id"]
    assert answer.headers["location"] == f"/api/v1/interviews/{interview_id}"
    assert re.fullmatch(rf"ai-{interview_id}-[0-9a-f]{{12}}-.+", body["run_id"])
    run = airflow.wait_for_run(body["run_id"])
    assert run["dag_id"] == "ai_interview_analysis"
    assert run["conf"] == {"interview_id": interview_id}
    (media,) = gateway.stores.media.list(interview_id)
    assert (media.kind, media.size, media.sha256) == ("audio", len(sound), hashlib.sha256(sound).hexdigest())
    with gateway.stores.media.open(media) as path:
        assert path.read_bytes() == sound
    home = gateway.settings.core.home
    stored = [file for file in (home / "objects").rglob("*") if file.is_file()]
    assert stored
    assert not any(sound[1000:1064] in file.read_bytes() for file in stored)
    status = cast.of("candidate").get(f"/api/v1/interviews/{interview_id}").json()
    assert (status["status"], status["stage"]) == ("uploaded", "ai")


@pytest.mark.parametrize("announced", [True, False], ids=["its hash is announced", "its hash shows when it is there"])
def test_the_same_recording_is_one_interview_and_one_run(
    announced: bool, gateway: Gateway, cast: Cast, airflow
) -> None:
    sound = tone(pitch_hz=230 + announced)
    first = send(cast.of("hr"), cast, sound).json()
    airflow.wait_for_run(first["run_id"])
    runs, interviews = len(airflow.runs), len(gateway.stores.interviews.list(candidate_id=cast.candidate_id))
    headers = {"X-SHA256": hashlib.sha256(sound).hexdigest()} if announced else {}
    again = send(cast.of("hr"), cast, sound, headers=headers)
    assert again.status_code == 409
    assert (again.json()["code"], again.json()["existing"]) == ("already_uploaded", first["interview_id"])
    assert first["interview_id"] in again.json()["detail"]
    assert again.headers["location"] == f"/api/v1/interviews/{first['interview_id']}"
    assert len(airflow.runs) == runs
    found = gateway.stores.interviews.list(candidate_id=cast.candidate_id)
    assert [interview.status for interview in found[interviews:]] == ([] if announced else ["failed"])
    query = {"candidate_id": cast.candidate_id, "opening_id": cast.opening_id}
    asked = {**query, "size": len(sound), "sha256": hashlib.sha256(sound).hexdigest()}
    assert cast.of("hr").post("/api/v1/uploads", json=asked).json()["existing"] == first["interview_id"]
    other = send(cast.of("hr"), cast, tone(pitch_hz=240 + announced))
    assert other.status_code == 202


def test_streams_without_a_length(gateway: Gateway, cast: Cast) -> None:
    sound = tone(pitch_hz=210)
    pieces = (sound[at : at + 5000] for at in range(0, len(sound), 5000))
    answer = send(cast.of("hr"), cast, pieces)
    assert answer.status_code == 202, answer.text
    assert gateway.stores.media.list(answer.json()["interview_id"])[0].size == len(sound)


def test_nothing_is_taken_without_consent(gateway: Gateway, cast: Cast) -> None:
    before = len(gateway.stores.interviews.list())

    def never() -> Iterator[bytes]:
        yield tone(0.1)[:100]
        yield b"\0" * 100

    answer = send(cast.of("hr"), cast, never(), query={"candidate_id": cast.other_candidate_id})
    assert answer.status_code == 409
    assert answer.json()["code"] == "consent_missing"
    assert len(gateway.stores.interviews.list()) == before


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"%PDF-1.7 this is a resume", 415, "unsupported_container"),
        (b"PK\x03\x04" + b"\0" * 5000, 415, "unsupported_container"),
        (b"#!/bin/sh\n", 415, "unsupported_container"),
        (b"", 400, "empty_file"),
    ],
)
def test_what_is_no_recording_is_refused(gateway: Gateway, cast: Cast, content: bytes, status: int, code: str) -> None:
    answer = send(cast.of("hr"), cast, content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    failed = gateway.stores.interviews.list(candidate_id=cast.candidate_id)[-1]
    assert failed.status == "failed"
    assert gateway.stores.media.list(failed.id) == ()
    seen = cast.of("hr").get(f"/api/v1/interviews/{failed.id}", headers={"Accept-Language": "ko"}).json()
    assert seen["reason"]["code"] == code
    assert re.search("[가-힣]", seen["reason"]["detail"])
    asked = {"candidate_id": cast.candidate_id, "limit": 200}
    listed = cast.of("hr").get("/api/v1/interviews", params=asked, headers={"Accept-Language": "ko"}).json()["items"]
    assert listed[-1] == seen


def test_a_wrong_hash_keeps_nothing(gateway: Gateway, cast: Cast) -> None:
    answer = send(cast.of("hr"), cast, tone(), headers={"X-SHA256": "0" * 64})
    assert (answer.status_code, answer.json()["code"]) == (400, "wrong_hash")
    assert gateway.stores.media.list(gateway.stores.interviews.list()[-1].id) == ()


def test_candidates_upload_into_invitations_only(cast: Cast) -> None:
    for candidate in (cast.of("candidate"), cast.stranger("candidate")):
        answer = send(candidate, cast, tone())
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_over_the_limit_is_refused_as_soon_as_it_is_known(tmp_path: Path, redis_url: str) -> None:
    import msgspec

    settings = gateway_settings(tmp_path, redis_url)
    small = msgspec.structs.replace(
        settings.core, limits=msgspec.structs.replace(settings.core.limits, max_bytes=40_000)
    )
    with running_gateway(msgspec.structs.replace(settings, core=small)) as gateway:
        stores = gateway.stores.acting_as("system")
        opening, candidate = _one_candidate(stores)
        token = gateway.token(gateway.stores.accounts.create("sender", "a long password 1", "hr").id, "hr")
        query = urlencode({"candidate_id": candidate, "opening_id": opening})
        announced = _raw(gateway, f"{UPLOAD}?{query}", token, "Content-Length: 40001", b"")
        assert b" 413 " in announced.split(b"\r\n", 1)[0]
        assert stores.interviews.list() == ()
        sound = tone()
        pieces = b"".join(b"%x\r\n%s\r\n" % (1000, sound[at : at + 1000]) for at in range(0, 41_000, 1000))
        streamed = _raw(gateway, f"{UPLOAD}?{query}", token, "Transfer-Encoding: chunked", pieces)
        assert b" 413 " in streamed.split(b"\r\n", 1)[0]
        assert b"too_large" in streamed
        (failed,) = stores.interviews.list()
        assert (failed.status, stores.interviews.reason(failed.id)) == ("failed", "too_large")
        assert stores.media.list(failed.id) == ()
        assert not [file for file in (tmp_path / "objects").rglob("*") if file.is_file()]


def _one_candidate(stores) -> tuple[str, str]:
    from include.interview.records import Bilingual, Opening

    text = Bilingual(ko="서버 개발자", en="Backend engineer")
    stores.openings.put(Opening(id="backend", title=text, description=text))
    candidate = stores.candidates.create("홍길동").id
    stores.consents.grant(candidate, None, ["recording", "ai_evaluation", "emotion_analysis"], "1")
    return "backend", candidate


def _raw(gateway: Gateway, path: str, token: str, length: str, body: bytes) -> bytes:
    """The answer's beginning to a request whose body is never completed: whoever waits for all of it would hang."""
    with socket.create_connection(("127.0.0.1", gateway.settings.port), timeout=20) as line:
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n{length}\r\n\r\n"
        line.sendall(head.encode() + body)
        return line.recv(65536)


def test_a_line_that_breaks_leaves_nothing(gateway: Gateway, cast: Cast) -> None:
    query = urlencode({"candidate_id": cast.candidate_id, "opening_id": cast.opening_id})
    token = cast.of("hr").headers["Authorization"].removeprefix("Bearer ")
    sound = tone(pitch_hz=230)
    before = {interview.id for interview in gateway.stores.interviews.list()}
    with socket.create_connection(("127.0.0.1", gateway.settings.port), timeout=20) as line:
        head = (
            f"POST {UPLOAD}?{query} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Length: {len(sound)}\r\n\r\n"
        )
        line.sendall(head.encode() + sound[:30_000])
    (broken,) = _until(
        lambda: [i for i in gateway.stores.interviews.list() if i.id not in before and i.status == "failed"]
    )
    assert gateway.stores.interviews.reason(broken.id) == "upload_broken"
    assert gateway.stores.media.list(broken.id) == ()


def _until(look):
    import time

    deadline = time.monotonic() + PATIENCE_S
    while not (found := look()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return found


def test_huge_frames_in_a_tiny_file_are_refused_by_validate(gateway: Gateway, cast: Cast, tmp_path: Path) -> None:
    bomb = huge_frames(tmp_path / "bomb.mp4")
    assert len(bomb) < 200_000
    answer = send(cast.of("hr"), cast, bomb)
    assert answer.status_code == 202
    interview_id = answer.json()["interview_id"]
    with pytest.raises(BadMedia) as caught:
        validate(StepContext(gateway.stores, gateway.settings.core, interview_id))
    assert caught.value.code == "bad_media.pixels"
    seen = cast.of("hr").get(f"/api/v1/interviews/{interview_id}").json()
    assert (seen["status"], seen["reason"]["code"]) == ("failed", "bad_media.pixels")
    assert "picture" in seen["reason"]["detail"]
