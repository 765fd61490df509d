"""Recordings over HTTP: the part asked for and no more, to whom it may be played, while consent holds."""

from __future__ import annotations

import io
import json
import random

import pytest

from include.interview.assessment.policy import load_profile
from include.interview.records import Bilingual, Opening
from include.security.access import ROLES, may
from include.security.streams import PIECE_BYTES
from tests.live_gateway.http.conftest import Cast
from tests.support.gateway_thread import Gateway
from tests.support.recorded_channels import recorded_session

pytestmark = pytest.mark.services
CONTENT = b"\x1aE\xdf\xa3\x93B\x82\x84webm" + random.Random(3).randbytes(3 * PIECE_BYTES)  # noqa: S311 - no key


@pytest.fixture
def recording(gateway: Gateway, cast: Cast) -> tuple[str, str, str]:
    """(candidate, interview, address) of an interview of stage 1 with one recording."""
    stores = gateway.stores.acting_as("system")
    candidate = stores.candidates.create("성춘향")
    stores.consents.grant(candidate.id, None, load_profile("standard").purposes, "2026-11")
    application = stores.applications.ensure(candidate.id, cast.opening_id)
    interview = stores.interviews.create(application, "ai", "standard", "ko")
    media = stores.media.add(interview.id, io.BytesIO(CONTENT), "video")
    return candidate.id, interview.id, f"/api/v1/interviews/{interview.id}/recordings/{media.id}"


def test_the_whole_and_any_part_are_what_was_recorded(recording: tuple[str, str, str], cast: Cast) -> None:
    _, interview, address = recording
    client = cast.of("hr")
    (listed,) = client.get(f"/api/v1/interviews/{interview}/recordings").json()
    assert (listed["href"], listed["size"], listed["start_s"]) == (address, len(CONTENT), 0.0)
    whole = client.get(address)
    assert (whole.status_code, whole.content) == (200, CONTENT)
    assert whole.headers["content-type"] == "video/webm"
    assert whole.headers["cache-control"] == "no-store, private"
    assert whole.headers["accept-ranges"] == "bytes"
    head = client.head(address)
    assert head.status_code == 200
    for name in ("content-length", "content-type", "etag", "accept-ranges"):
        assert head.headers[name] == whole.headers[name]
    for asked, part in (
        ("bytes=0-0", CONTENT[:1]),
        (f"bytes={PIECE_BYTES - 3}-{PIECE_BYTES + 3}", CONTENT[PIECE_BYTES - 3 : PIECE_BYTES + 4]),
        ("bytes=-5", CONTENT[-5:]),
        (f"bytes={2 * PIECE_BYTES}-", CONTENT[2 * PIECE_BYTES :]),
    ):
        answer = client.get(address, headers={"Range": asked, "If-Range": whole.headers["etag"]})
        assert (answer.status_code, answer.content) == (206, part)
        assert answer.headers["content-range"].endswith(f"/{len(CONTENT)}")
        assert answer.headers["content-length"] == str(len(part))
    other = client.get(address, headers={"Range": "bytes=0-0", "If-Range": '"another"'})
    assert (other.status_code, other.content) == (200, CONTENT)


@pytest.mark.parametrize("asked", [f"bytes={len(CONTENT)}-", "bytes=0-1,3-4", "bytes=x", "bytes=" + "0-1," * 99])
def test_a_range_that_is_none_is_refused(recording: tuple[str, str, str], cast: Cast, asked: str) -> None:
    answer = cast.of("hr").get(recording[2], headers={"Range": asked})
    assert (answer.status_code, answer.json()["code"]) == (416, "range_not_satisfiable")
    assert answer.headers["content-range"] == f"bytes */{len(CONTENT)}"


@pytest.mark.parametrize("role", ROLES)
def test_who_may_play_it(recording: tuple[str, str, str], cast: Cast, role) -> None:
    allowed = 206 if role in ("hr", "reviewer") else 404 if may(role, "recording.play") else 403
    assert cast.of(role).get(recording[2], headers={"Range": "bytes=0-9"}).status_code == allowed
    assert cast.of(role).get(recording[2].rsplit("/", 1)[0]).status_code == (200 if allowed == 206 else allowed)


def test_an_id_of_another_interview_and_a_document_are_no_recording(
    recording: tuple[str, str, str], gateway: Gateway, cast: Cast
) -> None:
    _, interview, address = recording
    document = gateway.stores.media.add(interview, io.BytesIO(b"My life so far"), "resume")
    for wrong in (
        f"/api/v1/interviews/{interview}/recordings/{document.id}",
        address.replace(interview, gateway.stores.interviews.list()[0].id),
    ):
        assert cast.of("hr").get(wrong).status_code == 404


def test_each_answer_is_an_audit_entry_that_names_the_bytes(
    recording: tuple[str, str, str], gateway: Gateway, cast: Cast
) -> None:
    cast.of("reviewer").get(recording[2], headers={"Range": f"bytes={PIECE_BYTES}-{PIECE_BYTES + 9}"})
    subject = f"media:{recording[2].rsplit('/', 1)[1]}"
    found = [one for one in gateway.stores.audit.entries() if one.subject == subject and one.action == "media.read"]
    assert {"interview": recording[1], "first": PIECE_BYTES, "last": PIECE_BYTES + 9} in [
        json.loads(one.detail) for one in found
    ]
    assert all(one.actor == f"reviewer:{cast.account_ids['reviewer']}" for one in found)


def test_nothing_is_played_without_consent_or_after_erasure(
    recording: tuple[str, str, str], gateway: Gateway, cast: Cast
) -> None:
    candidate, _, address = recording
    stores = gateway.stores.acting_as("system")
    (consent,) = stores.consents.list(candidate)
    stores.consents.withdraw(consent.id)
    for place in (address, address.rsplit("/", 1)[0]):
        refused = cast.of("hr").get(place, headers={"Range": "bytes=0-9"})
        assert (refused.status_code, refused.json()["code"]) == (409, "consent_missing")
    erased = cast.of("hr").post(f"/api/v1/candidates/{candidate}/erasure")
    assert erased.status_code == 200, erased.text
    gone = cast.of("hr").get(address)
    assert (gone.status_code, gone.json()["code"]) == (410, "erased")


def test_the_channels_of_a_live_session_lie_on_its_clock(gateway: Gateway, cast: Cast) -> None:
    stores = gateway.stores.acting_as("system")
    text = Bilingual(ko="임원", en="Executive")
    stores.openings.put(Opening(id="played", title=text, description=text))
    session = recorded_session(stores, cast.account_ids["interviewer"], cast.candidate_id, "played")
    found = cast.of("interviewer").get(f"/api/v1/interviews/{session}/recordings").json()
    assert [(one["tracks"], one["start_s"], one["duration_s"]) for one in found] == [
        (["interviewer"], 0.0, 2.0),
        (["candidate"], 1.5, 2.0),
    ]
    sound = cast.of("interviewer").get(found[1]["href"], headers={"Range": "bytes=0-3"})
    assert (sound.status_code, sound.content, sound.headers["content-type"]) == (206, b"RIFF", "audio/wav")
    assert cast.stranger("interviewer").get(found[1]["href"]).status_code == 404
