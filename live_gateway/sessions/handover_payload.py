"""What a finished session leaves: its record, and the sound of each sender as a stream for the hand-over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence

from include.interview.errors import BadInput
from include.interview.live import wire
from include.interview.live.session import LiveGap, LiveNote, LiveRecord, LiveSession
from include.interview.records import QuestionMark, Transcript
from include.storage.live import AudioChunk, Sender
from live_gateway.sessions.channels import session_ms, tracks_of
from live_gateway.sessions.handle import SessionHandle
from tasks.live.handover import SenderAudio

CHUNKS = 100
SILENCE_SAMPLES = wire.SAMPLE_RATE
"""Holes are filled in pieces of a second, so that an hour of silence takes no memory."""


def result_of(events: Sequence[wire.Durable]) -> wire.Result:
    """The session's live result.

    Raises:
        BadInput: code "no_result": the session was not concluded.
    """
    for event in reversed(events):
        if isinstance(event, wire.Result) and event.card is not None:
            return event
    raise BadInput("The session has no live result.", "It is made at the end of a session.", code="no_result")


def record_of(
    session: LiveSession,
    events: Sequence[wire.Durable],
    senders: Sequence[Sender],
    transcript: Transcript,
    marks: tuple[QuestionMark, ...],
) -> LiveRecord:
    """The record of a concluded session. Raises as `result_of`."""
    card = result_of(events).card
    assert card is not None  # noqa: S101 - result_of saw to it
    starts = {
        track: sender.start_ms
        for sender in senders
        for track in tracks_of(sender.role, session.microphones, sender.channels)
    }
    gaps = tuple(_gap(event, starts.get(event.track, 0)) for event in events if isinstance(event, wire.AudioGap))
    notes = tuple(
        LiveNote(event.text, event.at_ms / 1000, event.author) for event in events if isinstance(event, wire.NoteTaken)
    )
    corrections = (e for e in events if isinstance(e, wire.SpeakerUpdate) and e.cause == "correction")
    scopes = {utt: correction.scope for correction in corrections for utt in correction.utts}
    alone = tuple(utt for utt, scope in scopes.items() if scope == "utterance")
    return LiveRecord(session, transcript, marks, gaps, notes, (), card, corrected=tuple(scopes), corrected_alone=alone)


def _gap(event: wire.AudioGap, start_ms: int) -> LiveGap:
    start, end = session_ms(start_ms, event.start_sample), session_ms(start_ms, event.end_sample)
    return LiveGap(event.track, max(0.0, start) / 1000, max(0.0, end) / 1000, event.cause)


async def sound_of(handle: SessionHandle, sender: Sender) -> SenderAudio | None:
    """One sender's sound from its first kept sample on; None when nothing is kept. To be read in another thread."""
    first = await handle.store.read_audio(sender, 0, 1)
    if not first:
        return None
    begin, loop = first[0].start_sample, asyncio.get_running_loop()

    def read() -> Iterator[bytes]:
        def page(at: int) -> list[AudioChunk]:
            return asyncio.run_coroutine_threadsafe(handle.store.read_audio(sender, at, CHUNKS), loop).result()

        return filled(page, begin, sender.next_sample, wire.SAMPLE_BYTES * sender.channels)

    return SenderAudio(
        sender=sender.role,
        tracks=tracks_of(sender.role, handle.meta.microphones, sender.channels),
        start_s=max(0.0, session_ms(sender.start_ms, begin)) / 1000,
        samples=sender.next_sample - begin,
        read=read,
    )


def filled(page: Callable[[int], list[AudioChunk]], begin: int, end: int, width: int) -> Iterator[bytes]:
    """PCM of samples [begin, end), holes as silence; `page(at)` answers the chunks from sample `at` on, in order."""
    at = begin
    while at < end:
        chunks = page(at)
        for chunk in chunks:
            yield from _silence(chunk.start_sample - at, width)
            behind = max(0, at - chunk.start_sample)
            at = max(at, chunk.start_sample)
            yield chunk.pcm[behind * width :]
            at += len(chunk.pcm) // width - behind
        if not chunks:
            yield from _silence(end - at, width)
            return


def _silence(samples: int, width: int) -> Iterator[bytes]:
    while samples > 0:
        piece = min(samples, SILENCE_SAMPLES)
        yield bytes(piece * width)
        samples -= piece
