"""From the stored sound of a session's senders to its speech: each track from where its state says, in order."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from include.interview.live.wire import SocketRole, Track
from include.interview.stages import STAGES
from include.perception.streaming.events import TrackState
from include.perception.streaming.streaming_engine import Emit, StreamingEngine, StreamingSession
from include.storage.live import AudioChunk, Sender
from live_gateway.sessions.channels import session_ms, split, tracks_of
from live_gateway.sessions.handle import SessionHandle
from live_gateway.sessions.same_sound import Pair

CHUNKS = 50
"""Entries read at once: 5 s of live sound, more of sound that was stored in larger pieces."""


class AudioFeed:
    """Feeds one streaming session from Redis. Whoever owns the session calls `pump` when there is more sound."""

    def __init__(
        self, handle: SessionHandle, engine: StreamingEngine, emit: Emit, resume: Mapping[Track, TrackState]
    ) -> None:
        self._handle, self._engine, self._emit = handle, engine, emit
        self._resume = dict(resume)
        self._speech: StreamingSession | None = None
        self._next: dict[Track, int] = {track: state.next_sample for track, state in resume.items()}
        self._pair = Pair(resume)
        self._level = 0
        self.fed = 0
        """Samples fed so far, of all tracks together."""
        self._pumping = asyncio.Lock()
        self._concluded = False

    def _session(self, tracks: tuple[Track, ...]) -> StreamingSession:
        """Opened with the first sound: only then is it known on how many channels a shared microphone hears."""
        if self._speech is None:
            if self._handle.meta.microphones == "separate":
                tracks = ("interviewer", "candidate")
            meta = self._handle.meta
            self._speech = self._engine.open(
                meta.language, tracks, self._emit, resume=self._resume, voices=STAGES[meta.stage].room_voices
            )
            self._speech.shed(self._level)
        return self._speech

    async def pump(self) -> bool:
        """Feed what has been stored since; True when there may be more. Nothing is fed once it was concluded.

        Raises:
            ServiceFailure: Redis cannot be read.
        """
        async with self._pumping:
            more = False
            if self._concluded:
                return more
            for sender, chunks in await self._handle.store.read_heard(self._places(), CHUNKS):
                if chunks:
                    tracks = tracks_of(sender.role, self._handle.meta.microphones, sender.channels)
                    await self._feed(sender, tracks, chunks)
                more = more or len(chunks) == CHUNKS
            return more

    def _places(self) -> dict[SocketRole, int]:
        """Per sender the sample at which to go on: that of the track which has heard least."""
        if self._handle.meta.microphones == "separate":
            return {"interviewer": self._next.get("interviewer", 0), "candidate": self._next.get("candidate", 0)}
        tracks: tuple[Track, ...] = ("room",) if "room" in self._next else ("interviewer", "candidate")
        return {"interviewer": max(min(self._next.get(track, 0) for track in tracks), self._pair.held_to)}

    async def _feed(self, sender: Sender, tracks: tuple[Track, ...], chunks: Sequence[AudioChunk]) -> None:
        if sender.channels == 2:
            tracks, chunks = self._pair.sorted_out(sender, chunks)
            if not chunks:
                return
        speech = self._session(tracks)
        for chunk in chunks:
            for track, samples in zip(tracks, split(chunk.pcm, sender.channels), strict=False):
                expected = self._next.get(track, 0)
                start, end = chunk.start_sample, chunk.start_sample + len(samples)
                if end <= expected:
                    continue
                if start > expected:
                    await speech.gap(track, expected, start)
                fresh = samples[max(0, expected - start) :]
                start = max(start, expected)
                self._next[track] = end
                self.fed += len(fresh)
                await speech.feed(track, start, fresh, session_ms(sender.start_ms, start))

    @property
    def speech_active(self) -> bool:
        """True while somebody is speaking or may have begun to."""
        return self._speech is not None and self._speech.speech_active

    async def catch_up(self) -> None:
        """Feed everything that is stored now."""
        while await self.pump():
            pass

    async def finalize(self) -> None:
        """Everything stored so far was emitted as finals when this returns."""
        await self.catch_up()
        async with self._pumping:
            if held := self._pair.release():
                await self._feed(*held)
        if self._speech is not None:
            await self._speech.finalize()

    async def conclude(self) -> None:
        """As `finalize`, for the last time: what others still send while the session ends is no longer heard live.

        Otherwise an utterance might begin that nobody waits for.
        """
        await self.catch_up()
        async with self._pumping:
            self._concluded = True
        await self.finalize()

    def shed(self, level: int) -> None:
        """Apply load-shedding level `level` (0 none to 4 stalled)."""
        self._level = level
        if self._speech is not None:
            self._speech.shed(level)

    async def close(self) -> None:
        """Stop; what was not final yet is left to the next owner."""
        if self._speech is not None:
            await self._speech.close()
            self._speech = None
