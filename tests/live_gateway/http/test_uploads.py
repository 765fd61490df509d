"""Recordings in chunks: interrupted, resumed, wrong, too much, finished twice; and an Airflow that is away."""

from __future__ import annotations

import hashlib
import io
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from msgspec.structs import replace

from include.storage.objects.uploads import PART_BYTES
from live_gateway import metrics
from tasks.ai.uploads import UploadedFor, open_for_upload, received
from tests.live_gateway.http.conftest import GENEROUS, Cast
from tests.support.gateway_thread import Gateway, gateway_settings, running_gateway
from tests.support.patience import PATIENCE_S
from tests.support.services.airflow_rest import airflow_server
from tests.support.services.ports import free_port
from tests.support.services.redis import redis_server
from tests.support.upload_sounds import tone

pytestmark = pytest.mark.services
UPLOADS = "/api/v1/uploads"
CHUNK = {"Content-Type": "application/offset+octet-stream"}


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def begin(client: httpx.Client, cast: Cast, size: int, **more) -> httpx.Response:
    body = {"candidate_id": cast.candidate_id, "opening_id": cast.opening_id, "size": size} | more
    return client.post(UPLOADS, json=body)


def patch(client: httpx.Client, place: str, offset: int, content: bytes, digest: str | None = None) -> httpx.Response:
    headers = CHUNK | {"Upload-Offset": str(offset)} | ({"X-Chunk-SHA256": digest} if digest else {})
    return client.patch(place, content=content, headers=headers)


def until(look: Callable[[], object]) -> object:
    """What `look` finds once it finds something."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := look()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)
    return found


def test_chunk_by_chunk_to_a_started_run(gateway: Gateway, cast: Cast, airflow) -> None:
    client, sound = cast.of("service"), tone(pitch_hz=300)
    begun = begin(client, cast, len(sound), sha256=sha(sound), language="ko")
    assert begun.status_code == 201, begun.text
    place = begun.headers["location"]
    assert (begun.headers["upload-offset"], begun.headers["upload-length"]) == ("0", str(len(sound)))
    for at in range(0, len(sound), 20_000):
        piece = sound[at : at + 20_000]
        answer = patch(client, place, at, piece, sha(piece))
        if at + len(piece) < len(sound):
            assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(at + len(piece))), answer.text
            assert client.head(place).headers["upload-offset"] == str(at + len(piece))
    assert answer.status_code == 202, answer.text
    body = answer.json()
    assert airflow.wait_for_run(body["run_id"])["conf"] == {"interview_id": body["interview_id"]}
    (media,) = gateway.stores.media.list(body["interview_id"])
    assert (media.kind, media.sha256) == ("audio", sha(sound))
    assert client.get(place).json()["state"] == "finished"
    again = patch(client, place, len(sound), b"")
    assert again.status_code == 202, again.text
    assert again.json()["run_id"] == body["run_id"]
    assert len(gateway.stores.media.list(body["interview_id"])) == 1


def test_a_broken_line_keeps_what_came_and_goes_on(gateway: Gateway, cast: Cast) -> None:
    client, sound = cast.of("service"), tone(pitch_hz=310)
    place = begin(client, cast, len(sound)).headers["location"]
    with socket.create_connection(("127.0.0.1", gateway.settings.port), timeout=20) as line:
        head = (
            f"PATCH {place} HTTP/1.1\r\nHost: x\r\nAuthorization: {client.headers['Authorization']}\r\n"
            f"Content-Type: {CHUNK['Content-Type']}\r\nUpload-Offset: 0\r\nContent-Length: {len(sound)}\r\n\r\n"
        )
        line.sendall(head.encode() + sound[:40_000])
    offset = until(lambda: int(client.head(place).headers["upload-offset"]))
    assert offset == 40_000
    answer = patch(client, place, 40_000, sound[40_000:])
    assert answer.status_code == 202, answer.text
    (media,) = gateway.stores.media.list(answer.json()["interview_id"])
    assert media.sha256 == sha(sound)


def test_wrong_places_and_wrong_chunks_change_nothing(cast: Cast) -> None:
    client, sound = cast.of("hr"), tone(pitch_hz=320)
    place = begin(client, cast, len(sound)).headers["location"]
    assert patch(client, place, 0, sound[:20_000]).status_code == 204
    cases = [
        (patch(client, place, 0, sound[:20_000]), 409, "offset_conflict"),
        (patch(client, place, 30_000, sound[30_000:]), 409, "offset_conflict"),
        (patch(client, place, 20_000, sound[20_000:30_000], "0" * 64), 400, "wrong_hash"),
        (patch(client, place, 20_000, sound[20_000:] + b"more"), 413, "too_large"),
        (client.patch(place, content=b"x", headers={"Upload-Offset": "20000"}), 415, "unsupported_media_type"),
        (client.patch(place, content=b"x", headers=CHUNK), 400, "invalid_request"),
        (patch(client, UPLOADS + "/" + "0" * 8, 0, sound), 404, "not_found"),
    ]
    for answer, status, code in cases:
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert client.head(place).headers["upload-offset"] == "20000"
    assert patch(client, place, 20_000, sound[20_000:]).status_code == 202


def test_a_hashed_chunk_counts_whole_or_not_at_all(cast: Cast) -> None:
    client = cast.of("hr")
    sound = tone(0.5) + b"\0" * PART_BYTES
    place = begin(client, cast, len(sound)).headers["location"]
    full = sound[:PART_BYTES]
    assert patch(client, place, 0, full, "0" * 64).json()["code"] == "wrong_hash"
    assert client.head(place).headers["upload-offset"] == "0"
    assert patch(client, place, 0, sound, sha(sound)).json()["code"] == "too_large"
    assert patch(client, place, 0, full, sha(full)).status_code == 204
    assert client.delete(place).status_code == 204
    assert patch(client, place, PART_BYTES, sound[PART_BYTES:]).json()["code"] == "upload_closed"


def test_what_is_no_recording_or_not_the_announced_one_ends_the_upload(gateway: Gateway, cast: Cast) -> None:
    client, sound = cast.of("hr"), tone(pitch_hz=330)
    junk = begin(client, cast, 30_000)
    answer = patch(client, junk.headers["location"], 0, b"PK\x03\x04" + b"\0" * 29_996)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_container")
    other = begin(client, cast, len(sound), sha256="0" * 64)
    answer = patch(client, other.headers["location"], 0, sound)
    assert (answer.status_code, answer.json()["code"]) == (400, "hash_mismatch")
    for begun, code in ((junk, "unsupported_container"), (other, "hash_mismatch")):
        interview = client.get(f"/api/v1/interviews/{begun.json()['interview_id']}").json()
        assert (interview["status"], interview["reason"]["code"]) == ("failed", code)
    objects = gateway.settings.core.home / "objects"
    stored = [file for file in objects.rglob("*") if file.is_file()]
    assert [file for file in stored if sound[100:164] in file.read_bytes()] == []


def test_beginning_needs_consent_a_size_within_the_limit_and_ones_own_name(cast: Cast) -> None:
    hr, stranger = cast.of("hr"), cast.stranger("candidate")
    assert begin(hr, cast, 10, candidate_id=cast.other_candidate_id).json()["code"] == "consent_missing"
    assert begin(hr, cast, 2**39).status_code == 413
    assert begin(hr, cast, 0).status_code == 400
    assert begin(hr, cast, 10, opening_id="nothing").status_code == 404
    assert begin(stranger, cast, 10).status_code == 403
    place = begin(cast.of("service"), cast, 10).headers["location"]
    assert stranger.head(place).status_code == 403
    assert stranger.delete(place).status_code == 403


def test_a_withdrawn_consent_stops_the_upload(gateway: Gateway, cast: Cast) -> None:
    stores = gateway.stores.acting_as("system")
    person = stores.candidates.create("일지매").id
    consent = stores.consents.grant(person, None, ["recording", "ai_evaluation", "emotion_analysis"], "1")
    place = begin(cast.of("hr"), cast, 64_044, candidate_id=person).headers["location"]
    assert cast.of("hr").post(f"/api/v1/consents/{consent.id}/withdraw").json()["withdrawn_at"]
    answer = patch(cast.of("hr"), place, 0, tone())
    assert (answer.status_code, answer.json()["code"]) == (409, "consent_missing")


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[str]:
    """A queue that no other gateway works off: it would start the run at its own Airflow."""
    with redis_server(tmp_path / "redis") as server:
        yield server.url


def test_an_airflow_that_is_away_gets_the_run_when_it_is_back(tmp_path: Path, own_redis: str) -> None:
    with airflow_server() as before:
        address = before.settings
    settings = gateway_settings(tmp_path, own_redis, airflow=address)
    with running_gateway(settings, limits=GENEROUS) as gateway:
        stores = gateway.stores.acting_as("system")
        cast = _cast(gateway, stores)
        with gateway.client(
            gateway.token(gateway.stores.accounts.create("sender", "a long password 1", "hr").id, "hr")
        ) as client:
            query = {"candidate_id": cast.candidate_id, "opening_id": cast.opening_id}
            answer = client.post("/api/v1/ai-interview/upload", params=query, content=tone(pitch_hz=340))
            assert answer.status_code == 202, answer.text
            body = answer.json()
            assert body["state"] == "queued"
            with airflow_server(int(address.url.rpartition(":")[2])) as back:
                assert back.wait_for_run(body["run_id"])["conf"] == {"interview_id": body["interview_id"]}
                until(lambda: not metrics.triggers_waiting._value.get())
                assert len(back.runs) == 1


def test_a_run_that_a_lost_queue_forgot_is_started_after_the_next_start(tmp_path: Path, own_redis: str) -> None:
    settings = gateway_settings(tmp_path, own_redis)
    with running_gateway(settings, limits=GENEROUS) as gateway:
        stores = gateway.stores.acting_as("system")
        cast = _cast(gateway, stores)
        interview = open_for_upload(stores, UploadedFor(cast.candidate_id, cast.opening_id))
        stores.media.add(interview.id, io.BytesIO(tone(pitch_hz=350)), "audio")
        run_id = received(stores, interview.id)
    with airflow_server() as airflow, running_gateway(replace(settings, airflow=airflow.settings, port=free_port())):
        assert airflow.wait_for_run(run_id)["conf"] == {"interview_id": interview.id}


def _cast(gateway: Gateway, stores) -> Cast:
    from include.interview.records import Bilingual, Opening

    text = Bilingual(ko="서버 개발자", en="Backend engineer")
    stores.openings.put(Opening(id="backend", title=text, description=text))
    person = stores.candidates.create("홍길동").id
    stores.consents.grant(person, None, ["recording", "ai_evaluation", "emotion_analysis"], "1")
    return Cast(gateway, "backend", person, person, {})
