"""Resumable uploads: what was complete stays, what is wrong leaves nothing, and memory stays small."""

from __future__ import annotations

import hashlib
import threading
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from include.interview.errors import BadInput, BadMedia, NotFound, ServiceFailure
from include.storage import Stores
from include.storage.database import tables as t
from include.storage.objects import uploads
from tests.include.storage.conftest import enrol

CONTENT = bytes(range(256)) * 400
BROKEN = ServiceFailure("The upload broke off.", code="upload_broken")


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "PART_BYTES", 10_000)


def rows(stores: Stores) -> int:
    with stores.db.connect() as connection:
        return connection.execute(select(func.count()).select_from(t.upload_parts)).scalar_one()


def content_of(stores: Stores, media_id: str) -> bytes:
    with stores.media.open(stores.media.get(media_id)) as path:
        return path.read_bytes()


def test_a_recording_arrives_in_pieces(stores: Stores) -> None:
    person = enrol(stores)
    upload = stores.uploads.begin(person.interview.id, len(CONTENT), sha256(CONTENT), "video")
    assert (upload.offset, upload.size, upload.state) == (0, len(CONTENT), "open")
    first = stores.uploads.append(upload.id, 0, [CONTENT[:3], b"", CONTENT[3:45_001]])
    assert first == stores.uploads.get(upload.id).offset == 45_001
    assert stores.uploads.head(upload.id, 12) == CONTENT[:12]
    assert rows(stores) == 5
    assert stores.uploads.append(upload.id, first, [CONTENT[first:]]) == len(CONTENT)
    media = stores.uploads.finish(upload.id)
    assert (media.kind, media.sha256, media.size) == ("video", sha256(CONTENT), len(CONTENT))
    assert stores.uploads.finish(upload.id) == media
    assert content_of(stores, media.id) == CONTENT
    assert rows(stores) == 0
    assert len(stores.objects.names()) == 1
    actions = [entry.action for entry in stores.audit.entries(f"upload:{upload.id}")]
    assert actions == ["upload.begun", "upload.finished"]


def test_a_broken_line_keeps_the_parts_that_were_complete(stores: Stores) -> None:
    person = enrol(stores)
    upload = stores.uploads.begin(person.interview.id, len(CONTENT), kind="audio")

    def breaking() -> Iterator[bytes]:
        yield CONTENT[:25_000]
        raise BROKEN

    with pytest.raises(ServiceFailure, match="broke off"):
        stores.uploads.append(upload.id, 0, breaking())
    assert stores.uploads.get(upload.id).offset == 20_000
    assert len(stores.objects.names()) == rows(stores) == 2
    for offset in (0, 19_999, 20_001):
        with pytest.raises(BadInput, match="number 20000") as caught:
            stores.uploads.append(upload.id, offset, [b"x"])
        assert caught.value.code == "offset_conflict"
    with pytest.raises(BadInput) as caught:
        stores.uploads.finish(upload.id)
    assert caught.value.code == "upload_incomplete"
    stores.uploads.append(upload.id, 20_000, [CONTENT[20_000:]])
    assert content_of(stores, stores.uploads.finish(upload.id).id) == CONTENT


def test_nothing_of_an_excess_or_of_other_bytes_is_kept(stores: Stores) -> None:
    person = enrol(stores)
    upload = stores.uploads.begin(person.interview.id, 15_000, sha256(CONTENT[:15_000]))
    with pytest.raises(BadMedia) as refused:
        stores.uploads.append(upload.id, 0, [CONTENT[:15_001]])
    assert refused.value.code == "too_large"
    assert stores.uploads.get(upload.id).offset == 10_000
    stores.uploads.append(upload.id, 10_000, [b"x" * 5_000])
    with pytest.raises(BadInput, match="what kind"):
        stores.uploads.finish(upload.id)
    with pytest.raises(BadMedia) as refused:
        stores.uploads.finish(upload.id, "video")
    assert refused.value.code == "hash_mismatch"
    assert (rows(stores), stores.objects.names(), stores.media.list(person.interview.id)) == (0, (), ())
    assert stores.uploads.get(upload.id).state == "refused"
    for call in (lambda: stores.uploads.append(upload.id, 15_000, [b"x"]), lambda: stores.uploads.finish(upload.id)):
        with pytest.raises(BadInput) as closed:
            call()
        assert closed.value.code == "upload_closed"


def test_sizes_and_ids_are_checked_before_a_byte_comes(stores: Stores) -> None:
    person = enrol(stores)
    for size, code in ((0, "empty_file"), (3 * 1024**3, "too_large")):
        with pytest.raises(BadMedia) as refused:
            stores.uploads.begin(person.interview.id, size)
        assert refused.value.code == code
    with pytest.raises(BadInput, match="media kind"):
        stores.uploads.begin(person.interview.id, 1, kind="poem")  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        stores.uploads.begin("nobody", 1)
    with pytest.raises(NotFound):
        stores.uploads.begin(person.interview.id, 1, account_id="nobody")
    for call in (stores.uploads.get, stores.uploads.abort, stores.uploads.finish):
        with pytest.raises(NotFound):
            call("nobody")


def test_two_senders_at_one_place_do_not_mix(stores: Stores) -> None:
    person = enrol(stores)
    upload = stores.uploads.begin(person.interview.id, 20_000, kind="audio")
    both_read = threading.Barrier(2)
    outcomes: list[object] = []

    def send(byte: bytes) -> None:
        def chunks() -> Iterator[bytes]:
            yield byte * 10
            both_read.wait()
            yield byte * 9_990

        try:
            outcomes.append(stores.uploads.append(upload.id, 0, chunks()))
        except BadInput as error:
            outcomes.append(error.code)

    senders = [threading.Thread(target=send, args=(byte,)) for byte in (b"a", b"b")]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert sorted(map(str, outcomes)) == ["10000", "offset_conflict"]
    assert set(stores.uploads.head(upload.id, 10_000)) in ({ord("a")}, {ord("b")})
    assert len(stores.objects.names()) == 1


@pytest.mark.unit
def test_what_nobody_goes_on_with_is_swept(local_stores: Stores) -> None:
    stores, person = local_stores, enrol(local_stores)
    old = stores.uploads.begin(person.interview.id, 100)
    stores.uploads.append(old.id, 0, [b"x" * 50])
    fresh = stores.uploads.begin(person.interview.id, 100)
    stores.uploads.append(fresh.id, 0, [b"x" * 50])
    assert stores.sweep(0.0) == 0, "parts on their way are no rubbish"
    with stores.db.begin() as connection:
        long_ago = func.datetime("now", "-2 days")
        connection.execute(update(t.uploads).where(t.uploads.c.id == old.id).values(updated_at=long_ago))
    assert stores.uploads.sweep(24 * 3600.0) == 1
    assert (stores.uploads.get(old.id).state, stores.uploads.get(fresh.id).state) == ("aborted", "open")
    assert rows(stores) == len(stores.objects.names()) == 1
    stores.uploads.abort(fresh.id)
    assert rows(stores) == len(stores.objects.names()) == 0


@pytest.mark.unit
def test_an_erased_candidates_upload_cannot_go_on(local_stores: Stores) -> None:
    person = enrol(local_stores)
    upload = local_stores.uploads.begin(person.interview.id, 100)
    local_stores.uploads.append(upload.id, 0, [b"x" * 50])
    local_stores.candidates.destroy_key(person.candidate.id)
    with pytest.raises(NotFound, match="erased"):
        local_stores.uploads.append(upload.id, 50, [b"x"])
    with pytest.raises(NotFound, match="erased"):
        local_stores.uploads.head(upload.id, 1)
    local_stores.uploads.abort(upload.id)
    assert local_stores.objects.names() == ()


@pytest.mark.unit
@given(cuts=st.lists(st.integers(0, 60_000), max_size=6), breaks=st.lists(st.booleans(), min_size=7, max_size=7))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_cuts_and_breaks_give_the_same_recording(local_stores: Stores, cuts: list[int], breaks: list[bool]) -> None:
    content, person = CONTENT[:60_000], enrol(local_stores)
    upload = local_stores.uploads.begin(person.interview.id, len(content), sha256(content), "audio")

    def sending(piece: bytes, *, breaks: bool) -> Iterator[bytes]:
        yield piece
        if breaks:
            raise BROKEN

    for end, broken in zip([*sorted(cuts), len(content)], breaks, strict=False):
        offset = local_stores.uploads.get(upload.id).offset
        if end <= offset:
            continue
        try:
            local_stores.uploads.append(upload.id, offset, sending(content[offset:end], breaks=broken))
        except ServiceFailure:
            assert broken
    offset = local_stores.uploads.get(upload.id).offset
    local_stores.uploads.append(upload.id, offset, [content[offset:]])
    assert content_of(local_stores, local_stores.uploads.finish(upload.id).id) == content
    assert rows(local_stores) == 0


@pytest.mark.unit
def test_memory_does_not_grow_with_the_recording(local_stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "PART_BYTES", 4 * 1024 * 1024)
    person, piece, count = enrol(local_stores), b"x" * 65_536, 640
    upload = local_stores.uploads.begin(person.interview.id, count * len(piece), kind="video")
    tracemalloc.start()
    try:
        local_stores.uploads.append(upload.id, 0, (piece for _ in range(count)))
        local_stores.uploads.finish(upload.id)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 6 * 1024 * 1024, f"{peak} bytes for a recording of {count * len(piece)}"
