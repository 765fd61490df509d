"""The senders' sound: appended by whoever holds the newest place, in order, without a gap nobody declared.

Group commit: what all sessions of the process append within a few milliseconds goes to Redis as one script call, so
that a hundred sessions cost little more than one. A frame is acknowledged when Redis has it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from include.interview.errors import BadInput, ServiceFailure
from include.interview.live.wire import SAMPLE_BYTES, SocketRole
from include.security.keys import DataKey
from include.storage.live import names
from include.storage.live.link import Link, LivePart, Script
from include.storage.live.records import (
    AudioChunk,
    AudioHole,
    MicrophoneTaken,
    Sender,
    SocketClaim,
    StateLost,
    Superseded,
)
from include.storage.live.sealing import seal, unseal
from include.storage.live.sessions import lost

COMMIT_S = 0.025
"""Between two batches: a lone frame goes to Redis at once, those of many sessions share their way."""
BATCH_ITEMS = 256
BATCH_BYTES = 2 * 1024 * 1024
"""Above either, a batch is split: Redis does nothing else while it runs one."""
MOST_FOLLOWING = 4096
"""Streams whose next sample is remembered; sockets come and go."""
PAGE = 100
"""Chunks read at once when all sound is read."""

APPEND = Script(
    """
local answers, key, arg = {}, 1, 1
while key < #KEYS do
  local role, generation, epoch, start, stop = ARGV[arg], ARGV[arg + 1], ARGV[arg + 2], ARGV[arg + 3], ARGV[arg + 4]
  local place = ARGV[arg + 6]
  local m = redis.call('HMGET', KEYS[key], 'epoch', 'gen:' .. place, 'next:' .. role, 'mic:' .. role)
  if m[1] ~= epoch then
    answers[#answers + 1] = 'lost'
  elseif m[2] ~= generation then
    answers[#answers + 1] = 'superseded'
  elseif m[4] and m[4] ~= place then
    answers[#answers + 1] = 'microphone'
  elseif (m[3] or '0') ~= start then
    answers[#answers + 1] = tonumber(m[3] or '0')
  else
    redis.call('XADD', KEYS[key + 1], stop .. '-0', 'p', ARGV[arg + 5])
    redis.call('HSET', KEYS[key], 'next:' .. role, stop)
    answers[#answers + 1] = 'ok'
  end
  key, arg = key + 2, arg + 7
end
return answers
"""
)

SKIP = Script(
    """
local role, place = ARGV[1], ARGV[7]
local m = redis.call('HMGET', KEYS[1], 'epoch', 'gen:' .. place, 'next:' .. role, 'mic:' .. role)
if m[1] ~= ARGV[3] then return 'lost' end
if m[2] ~= ARGV[2] then return 'superseded' end
if m[4] and m[4] ~= place then return 'microphone' end
local following = tonumber(m[3] or '0')
if tonumber(ARGV[4]) > following then
  following = tonumber(ARGV[4])
  redis.call('HSET', KEYS[1], 'next:' .. role, ARGV[4])
end
if ARGV[5] ~= '' then
  redis.call('HSET', KEYS[1], 'start:' .. role, ARGV[5])
  redis.call('PUBLISH', ARGV[6], 'j ' .. place .. ' ' .. ARGV[2])
end
return following
"""
)

HEARD = Script(
    """
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
local found = {}
for i = 2, #KEYS do
  local role = ARGV[2 * i - 2]
  local m = redis.call('HMGET', KEYS[1], 'channels:' .. role, 'start:' .. role, 'next:' .. role)
  local chunks = {}
  if m[1] then chunks = redis.call('XRANGE', KEYS[i], ARGV[2 * i - 1] .. '-0', '+', 'COUNT', ARGV[1]) end
  found[#found + 1] = {m[1] or '', m[2] or '0', m[3] or '0', chunks}
end
return found
"""
)

StreamKey = tuple[str, str, int, str]
"""Session, place, generation, epoch: whose stream it is."""


@dataclass(eq=False)
class _Waiting:
    """A sealed chunk on its way."""

    claim: SocketClaim
    start: int
    stop: int
    sealed: bytes
    answered: asyncio.Future[bytes | int]


class Audio(LivePart):
    """Append and read sound."""

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self._waiting: list[_Waiting] = []
        self._committer: asyncio.Task[None] | None = None
        self._committed = 0.0
        """When the last batch was sent (monotonic)."""
        self._following: dict[StreamKey, int] = {}
        """What each stream of this process should get next, counting what is on its way."""

    async def close(self) -> None:
        """Wait for what is on its way."""
        if self._committer is not None:
            await self._committer
        await super().close()

    async def append_audio(self, claim: SocketClaim, start_sample: int, pcm: bytes, key: DataKey) -> int:
        """Keep `pcm`, whose first sample is `start_sample` of the sender; returns the first sample not kept yet.

        What is kept already is dropped by its numbers, so sending something twice is harmless. It is durable when
        this returns; when it raises ServiceFailure it may be kept or not: append it again. One at a time per claim.

        Raises:
            Superseded: a newer socket has the place. MicrophoneTaken: another place of the role has the microphone.
            StateLost: the stream is gone; see `recreate`.
            AudioHole: samples are missing before it. ServiceFailure: Redis is away. BadInput: no whole samples.
        """
        width = SAMPLE_BYTES * (claim.channels or 1)
        if not pcm or len(pcm) % width:
            raise BadInput("The sound does not hold whole samples.", "Send whole ones.", code="frame_odd_length")
        stream = (claim.session_id, claim.place, claim.generation, claim.epoch)
        end = start_sample + len(pcm) // width
        following = self._following.get(stream)
        while True:
            start = start_sample if following is None else max(start_sample, following)
            if following is not None and start > following:
                raise AudioHole(following)
            if start >= end and following is not None:
                return following
            answer = await self._commit(claim, stream, start, end, pcm[(start - start_sample) * width :], key)
            if answer == b"ok":
                return end
            if isinstance(answer, bytes):
                self._following.pop(stream, None)
                raise _refusal(answer, claim.session_id)
            following = self._following[stream] = answer

    async def _commit(
        self, claim: SocketClaim, stream: StreamKey, start: int, end: int, pcm: bytes, key: DataKey
    ) -> bytes | int:
        sealed = seal(key, "audio", claim.role, claim.session_id, start, pcm)
        waiting = _Waiting(claim, start, end, sealed, asyncio.get_running_loop().create_future())
        if len(self._following) > MOST_FOLLOWING:
            self._following.clear()  # only what is asked of Redis again costs
        self._following[stream] = end
        self._waiting.append(waiting)
        if self._committer is None:
            self._committer = asyncio.create_task(self._commit_all())
        try:
            return await waiting.answered
        except (ServiceFailure, asyncio.CancelledError):
            self._following.pop(stream, None)  # kept or not: the next append asks
            raise

    async def _commit_all(self) -> None:
        """Carry what waits to Redis, one batch after another, until nothing waits."""
        try:
            while self._waiting:
                early = self._committed + COMMIT_S - time.monotonic()
                if early > 0:
                    await asyncio.sleep(early)
                self._committed = time.monotonic()
                await self._commit_batch(self._next_batch())
        finally:
            self._committer = None

    def _next_batch(self) -> list[_Waiting]:
        size = count = 0
        for waiting in self._waiting:
            size += len(waiting.sealed)
            if count and (count == BATCH_ITEMS or size > BATCH_BYTES):
                break
            count += 1
        batch, self._waiting = self._waiting[:count], self._waiting[count:]
        return batch

    async def _commit_batch(self, batch: list[_Waiting]) -> None:
        keys: list[str] = []
        args: list[bytes | str | int | float] = []
        for waiting in batch:
            claim = waiting.claim
            keys += (names.meta(claim.session_id), names.audio(claim.session_id, claim.role))
            args += (claim.role, claim.generation, claim.epoch, waiting.start, waiting.stop, waiting.sealed)
            args += (claim.place,)
        try:
            answers = await self._link.run(APPEND, keys, args)
        except ServiceFailure as failure:
            for waiting in batch:
                if not waiting.answered.done():
                    waiting.answered.set_exception(ServiceFailure(failure.cause, failure.remedy, code=failure.code))
        else:
            for waiting, answer in zip(batch, answers, strict=True):
                if not waiting.answered.done():
                    waiting.answered.set_result(answer)
        finally:
            for waiting in batch:
                waiting.answered.cancel()  # does nothing but where this task itself was ended

    async def skip_audio(self, claim: SocketClaim, to_sample: int, *, start_ms: int | None = None) -> int:
        """Leave out samples up to `to_sample`: a declared hole, or silence that was meant. Returns the next sample.

        Args:
            start_ms: places the sender's sample 0 anew on the session's clock (after its state was lost).

        Raises:
            Superseded, MicrophoneTaken, StateLost, ServiceFailure: as `append_audio`.
        """
        stream = (claim.session_id, claim.place, claim.generation, claim.epoch)
        started = "" if start_ms is None else start_ms
        channel = names.channel(claim.session_id)
        args = (claim.role, claim.generation, claim.epoch, to_sample, started, channel, claim.place)
        answer: Any = await self._link.run(SKIP, [names.meta(claim.session_id)], args)
        self._following.pop(stream, None)
        if isinstance(answer, bytes):
            raise _refusal(answer, claim.session_id)
        return int(answer)

    async def read_audio(
        self, session_id: str, role: SocketRole, from_sample: int, key: DataKey, count: int = PAGE, *, channels: int = 1
    ) -> list[AudioChunk]:
        """At most `count` kept chunks in order, from the one that holds `from_sample` (or follows it) on.

        Raises:
            BadInput: code "stored_bytes_damaged". ServiceFailure: Redis is away.
        """
        command = ("XRANGE", names.audio(session_id, role), f"{from_sample + 1}-0", "+", "COUNT", count)
        entries = await self._link.call(*command)
        return [_chunk(session_id, role, key, channels, entry) for entry in entries]

    async def read_heard(
        self, session_id: str, from_samples: Mapping[SocketRole, int], key: DataKey, count: int = PAGE
    ) -> list[tuple[Sender, list[AudioChunk]]]:
        """Every sender with at most `count` of its kept chunks, in one call: what an owner asks for at every notice.

        Args:
            from_samples: per role where to go on, as in `read_audio`; a role left out is read from its beginning.

        Raises:
            StateLost: Redis does not know the session; and as `read_audio`.
        """
        keys = [names.meta(session_id), *(names.audio(session_id, role) for role in names.ROLES)]
        places = [part for role in names.ROLES for part in (role, from_samples.get(role, 0) + 1)]
        answer = await self._link.run(HEARD, keys, [count, *places])
        if answer is None:
            raise lost(session_id)
        found = []
        for role, (channels, start, following, entries) in zip(names.ROLES, answer, strict=True):
            if channels:
                sender = Sender(role, int(channels), int(start), int(following))
                chunks = [_chunk(session_id, role, key, sender.channels, entry) for entry in entries]
                found.append((sender, chunks))
        return found

    async def audio(
        self, session_id: str, role: SocketRole, key: DataKey, *, channels: int = 1, from_sample: int = 0
    ) -> AsyncIterator[AudioChunk]:
        """All kept sound of a sender in order, in constant memory. Raises as `read_audio`."""
        width = SAMPLE_BYTES * channels
        while page := await self.read_audio(session_id, role, from_sample, key, channels=channels):
            for chunk in page:
                yield chunk
            from_sample = page[-1].start_sample + len(page[-1].pcm) // width


def _refusal(answer: bytes, session_id: str) -> StateLost | Superseded | MicrophoneTaken:
    if answer == b"lost":
        return lost(session_id)
    if answer == b"microphone":
        return MicrophoneTaken("Somebody else of the panel brought their microphone.", "Stop sending sound.")
    return Superseded("A newer socket of this role has taken the place.", "Close this one.")


SEALED_MORE = 41
"""Bytes by which a sealed field is longer (include/security/fields.py)."""


def _chunk(session_id: str, role: SocketRole, key: DataKey, channels: int, entry: Any) -> AudioChunk:
    identity, fields = entry
    sealed = fields[1] if isinstance(fields, list) else fields[b"p"]
    end = int(identity.split(b"-", 1)[0])
    start = end - (len(sealed) - SEALED_MORE) // (SAMPLE_BYTES * channels)
    return AudioChunk(start, unseal(key, "audio", role, session_id, start, sealed))
