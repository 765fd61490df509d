"""One session's live state: what `LiveStore` does, with the session's id and the candidate's key filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from include.interview.live.wire import AnyDurable, Durable, ServerMessage, SocketRole
from include.security.keys import DataKey
from include.storage.live.records import AudioChunk, Command, LiveState, Sender, SocketClaim

if TYPE_CHECKING:
    from include.storage.live.store import LiveStore


class SessionStore:
    """From `LiveStore.session`. Every call raises ServiceFailure (code "redis_away") while Redis is away.

    What is said of arguments, results and further errors at the methods of `LiveStore` holds here too.
    """

    def __init__(self, live: LiveStore, session_id: str, key: DataKey) -> None:
        self._live, self._key = live, key
        self.id = session_id

    # ------------------------------------------------------------ notices

    async def watch(self) -> None:
        """Have this process notified of the session from now on; counted."""
        await self._live.watch(self.id, self._key)

    async def unwatch(self) -> None:
        """One watcher less; never fails."""
        await self._live.unwatch(self.id)

    async def follow(self) -> None:
        """Have this process notified of new sound too."""
        await self._live.follow(self.id)

    def unfollow(self) -> None:
        """No more notices of new sound."""
        self._live.unfollow(self.id)

    async def publish(self, message: ServerMessage) -> None:
        """Send an ephemeral message to every socket of the session."""
        await self._live.publish(self.id, message, self._key)

    # ------------------------------------------------------------ the session

    async def epoch(self) -> str:
        """Which life of the session's stream this is. Raises StateLost."""
        return await self._live.epoch(self.id)

    async def set_state(self, state: LiveState) -> None:
        """Where the session stands; live and ending ones need an owner. Raises StateLost."""
        await self._live.set_state(self.id, state)

    async def unseen_s(self) -> float:
        """Seconds since a socket was last seen; infinite when none ever was."""
        return await self._live.unseen_s(self.id)

    async def away_s(self, accounts: Sequence[str]) -> list[float]:
        """Per account of the panel the seconds since one of its sockets was seen; infinite when none ever was."""
        return await self._live.away_s(self.id, accounts)

    async def expire(self, after_s: float) -> None:
        """Forget the live state in `after_s` seconds."""
        await self._live.expire(self.id, after_s)

    async def queue_handover(self) -> bool:
        """Have the concluded session handed over; False when it waits or was handed over already."""
        return await self._live.queue_handover(self.id)

    # ------------------------------------------------------------ sockets and sound

    async def claim_socket(
        self, role: SocketRole, channels: int | None, account: str = "", *, leads: bool = False
    ) -> SocketClaim:
        """The newest socket of `role` (and `account`); older ones are superseded.

        Raises:
            StateLost. BadInput: code "channels_changed" or "microphone_elsewhere".
        """
        return await self._live.claim_socket(self.id, role, channels, account, leads=leads)

    async def append_audio(self, claim: SocketClaim, start_sample: int, pcm: bytes) -> int:
        """Keep sound; returns the first sample not kept yet.

        Raises:
            Superseded, MicrophoneTaken, StateLost, AudioHole, BadInput.
        """
        return await self._live.append_audio(claim, start_sample, pcm, self._key)

    async def skip_audio(self, claim: SocketClaim, to_sample: int, *, start_ms: int | None = None) -> int:
        """Leave out samples up to `to_sample`; returns the next one. Raises as `append_audio`."""
        return await self._live.skip_audio(claim, to_sample, start_ms=start_ms)

    async def senders(self) -> list[Sender]:
        """The roles that sent sound, or said they would. Raises StateLost."""
        return await self._live.senders(self.id)

    async def read_audio(self, sender: Sender, from_sample: int, count: int) -> list[AudioChunk]:
        """At most `count` kept chunks from the one that holds `from_sample` on. Raises BadInput."""
        return await self._live.read_audio(
            self.id, sender.role, from_sample, self._key, count, channels=sender.channels
        )

    async def read_heard(
        self, from_samples: Mapping[SocketRole, int], count: int
    ) -> list[tuple[Sender, list[AudioChunk]]]:
        """Every sender with at most `count` chunks from a sample on, in one call. Raises StateLost, BadInput."""
        return await self._live.read_heard(self.id, from_samples, self._key, count)

    # ------------------------------------------------------------ events and commands

    async def append_events(
        self, events: Sequence[Durable], *, fence: int | None, checkpoint: bytes | None = None, once: str | None = None
    ) -> list[Durable]:
        """Write `events` and `checkpoint` as one; returns the events with their numbers. Raises Fenced, StateLost."""
        return await self._live.append_events(
            self.id, events, fence=fence, key=self._key, checkpoint=checkpoint, once=once
        )

    async def read_events(self, after_seq: int, count: int) -> list[AnyDurable]:
        """At most `count` events after number `after_seq`, in order. Raises BadInput."""
        return await self._live.read_events(self.id, after_seq, self._key, count)

    async def all_events(self) -> list[AnyDurable]:
        """Every durable event in order. Raises BadInput."""
        return await self._live.all_events(self.id, self._key)

    async def checkpoint(self) -> bytes | None:
        """What the last owner wrote with its last events; None when it wrote nothing. Raises BadInput."""
        return await self._live.checkpoint(self.id, self._key)

    async def command(self, data: bytes, *, once: str | None = None) -> bool:
        """Keep a command for the owner; False when it was kept under the name `once` before. Raises StateLost."""
        return await self._live.command(self.id, data, self._key, once=once)

    async def commands(self, after: str) -> list[Command]:
        """Commands after position `after`, in order. Raises BadInput."""
        return await self._live.commands(self.id, after, self._key)

    # ------------------------------------------------------------ ownership

    async def acquire(self, owner: str, ttl_s: float) -> int | None:
        """A fencing token and the lease for `ttl_s` seconds; None when somebody holds it. Raises StateLost."""
        return await self._live.acquire(self.id, owner, ttl_s)

    async def release(self, owner: str, fence: int) -> bool:
        """Give the lease up; False when it was not held any more."""
        return await self._live.release(self.id, owner, fence)
