"""What a session leaves is stored exactly once, wherever the worker dies."""

from __future__ import annotations

import io
import tracemalloc
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest

from include.interview.errors import NotFound, ServiceFailure
from include.interview.live.session import LiveRecord
from include.settings import PIPELINE_VERSION
from include.storage import Stores
from tasks.live.handover import SenderAudio, hand_over, live_run_id, wav_pieces
from tasks.live.record import live_record_of
from tasks.live.results import live_result
from tests.support.installation import Installation, installed
from tests.support.recorded_sessions import NOTE, open_session, record_of, said, transcript_of

pytestmark = pytest.mark.models

SECONDS = 3
CALLS = [
    ("media", "add", 1),
    ("media", "add", 2),
    ("artifacts", "run", 1),
    ("interviews", "set_status", 1),
]
"""Every act of a hand-over of two senders, in order."""


class Killed(BaseException):
    """The worker is gone at this point."""


def tone(seconds: float, seed: int) -> bytes:
    return np.random.default_rng(seed).integers(-3000, 3000, round(seconds * 16_000)).astype("<i2").tobytes()


def sound(role: str, seed: int, start_s: float = 0.0, read: Callable[[bytes], Iterator[bytes]] | None = None):
    data = tone(SECONDS, seed)

    def whole() -> Iterator[bytes]:
        yield from (data[n : n + 3200] for n in range(0, len(data), 3200))

    return SenderAudio(role, (role,), start_s, SECONDS * 16_000, (lambda: read(data)) if read else whole)  # type: ignore[arg-type]


@pytest.fixture
def fresh(tmp_path: Path) -> Installation:
    return installed(tmp_path / "home")


def finished(stores: Stores, installation: Installation) -> LiveRecord:
    session = open_session(stores, microphones="separate")
    spoken = [
        said("interviewer", "interviewer", "How was it?", 0.2, 1.0),
        said("candidate", "candidate", "Well.", 1.5, 2.0),
    ]
    return record_of(session, transcript_of(spoken, float(SECONDS)), installation.settings)


def senders() -> list[SenderAudio]:
    return [sound("interviewer", 1), sound("candidate", 2, start_s=0.75)]


def check_whole(stores: Stores, record: LiveRecord) -> None:
    interview = record.session.id
    media = stores.media.list(interview)
    assert [(m.kind, m.index) for m in media] == [("audio", 0), ("audio", 1)]
    kept = live_record_of(stores, interview)
    assert kept is not None
    assert [(r.track, r.media_id, r.start_s, r.duration_s, r.channels) for r in kept.recordings] == [
        ("interviewer", media[0].id, 0.0, 3.0, 1),
        ("candidate", media[1].id, 0.75, 3.0, 1),
    ]
    assert (kept.card, kept.transcript, kept.notes) == (record.card, record.transcript, record.notes)
    with stores.media.open(media[1]) as path, wave.open(str(path)) as heard:
        assert heard.readframes(heard.getnframes()) == tone(SECONDS, 2)
    assert len(stores.artifacts.list(interview, "live")) == 1
    assert len(stores.objects.names()) == 3, "nothing half-written is left"
    assert stores.interviews.get(interview).status == "uploaded"
    assert stores.audit.verify().intact


def test_a_session_becomes_media_and_a_record(fresh: Installation) -> None:
    with fresh.stores() as stores:
        record = finished(stores, fresh)
        assert live_result(stores, record.session.id).state == "live"
        assert hand_over(stores, record, senders()) == f"practical-{record.session.id}-{PIPELINE_VERSION}"
        check_whole(stores, record)
        found = live_result(stores, record.session.id)
    assert (found.state, found.live, found.offline) == ("processing", record.card, None)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("room", "act", "nth"), CALLS)
def test_killed_at_any_act_it_is_whole_after_the_next_try(
    fresh: Installation, monkeypatch: pytest.MonkeyPatch, room: str, act: str, nth: int, when: str
) -> None:
    with fresh.stores() as stores:
        record = finished(stores, fresh)
        keeper = getattr(stores, room)
        real, count = getattr(keeper, act), 0

        def dying(*arguments, **named):
            nonlocal count
            count += 1
            if count == nth and when == "before":
                raise Killed
            result = real(*arguments, **named)
            if count == nth:
                raise Killed
            return result

        with monkeypatch.context() as patch:
            patch.setattr(keeper, act, dying)
            with pytest.raises(Killed):
                hand_over(stores, record, senders())
        for _ in range(2):
            assert hand_over(stores, record, senders()) == live_run_id("practical", record.session.id)
        check_whole(stores, record)


def test_killed_while_sound_is_read_nothing_of_it_remains(fresh: Installation) -> None:
    def breaking(data: bytes) -> Iterator[bytes]:
        yield data[:3200]
        raise Killed

    with fresh.stores() as stores:
        record = finished(stores, fresh)
        with pytest.raises(Killed):
            hand_over(stores, record, [sound("interviewer", 1), sound("candidate", 2, read=breaking)])
        assert len(stores.media.list(record.session.id)) == 1
        hand_over(stores, record, senders())
        check_whole(stores, record)


def test_stored_sound_is_not_read_again(fresh: Installation) -> None:
    def gone(data: bytes) -> Iterator[bytes]:
        raise AssertionError("the stream has expired")
        yield data

    with fresh.stores() as stores:
        record = finished(stores, fresh)
        hand_over(stores, record, senders())
        hand_over(stores, record, [sound("interviewer", 1, read=gone), sound("candidate", 2, read=gone)])
        check_whole(stores, record)


def test_sound_that_ends_early_is_not_taken_for_the_whole(fresh: Installation) -> None:
    with fresh.stores() as stores:
        record = finished(stores, fresh)
        with pytest.raises(ServiceFailure) as failure:
            hand_over(stores, record, [sound("interviewer", 1, read=lambda data: iter([data[:-2]]))])
        assert failure.value.code == "recording_short"
        assert stores.media.list(record.session.id) == ()
        assert live_record_of(stores, record.session.id) is None
        assert not stores.objects.names()


def test_a_socket_without_sound_leaves_no_recording(fresh: Installation) -> None:
    silent = SenderAudio("candidate", ("candidate",), 0.0, 0, lambda: iter(()))
    with fresh.stores() as stores:
        record = finished(stores, fresh)
        hand_over(stores, record, [sound("interviewer", 1), silent])
        kept = live_record_of(stores, record.session.id)
    assert kept is not None
    assert [r.track for r in kept.recordings] == ["interviewer"]


def test_a_session_without_an_interview_leaves_nothing(fresh: Installation) -> None:
    with fresh.stores() as stores:
        record = finished(stores, fresh)
        nobody = msgspec.structs.replace(record.session, id="0c1c5d5e-0000-4000-8000-000000000000")
        with pytest.raises(NotFound):
            hand_over(stores, msgspec.structs.replace(record, session=nobody), senders())
        assert not stores.objects.names()


def test_nothing_of_it_lies_in_the_clear(fresh: Installation) -> None:
    with fresh.stores() as stores:
        hand_over(stores, finished(stores, fresh), senders())
    assert fresh.holding(NOTE.encode(), b"How was it?", tone(SECONDS, 1)[4000:4064]) == []


def test_the_header_says_what_follows_and_the_rest_is_cut_off() -> None:
    audio = SenderAudio(
        "interviewer", ("interviewer", "candidate"), 0.0, 4, lambda: iter([b"\x01\x00" * 6, b"\x02\x00" * 6])
    )
    with wave.open(io.BytesIO(b"".join(wav_pieces(audio)))) as heard:
        assert (heard.getnchannels(), heard.getframerate(), heard.getnframes()) == (2, 16_000, 4)
        assert heard.readframes(9) == b"\x01\x00" * 6 + b"\x02\x00" * 2


def test_an_hour_is_stored_in_constant_memory(fresh: Installation) -> None:
    seconds = 3600
    piece = tone(1.0, 3)
    audio = SenderAudio("candidate", ("candidate",), 0.0, seconds * 16_000, lambda: (piece for _ in range(seconds)))
    with fresh.stores() as stores:
        record = finished(stores, fresh)
        tracemalloc.start()
        hand_over(stores, record, [audio])
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert stores.media.list(record.session.id)[0].size == 44 + seconds * 32_000
    assert peak < 32 * 1024**2
