"""Live sessions in memory, for tests of who owns a session: no Redis, no sealing, the clock of the running loop.

Only what `SessionHandle`, owners and hand-over workers ask for. The real store's own tests (tests/include/storage/live)
say how it behaves; what fences, leases and "once" mean is the same here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from include.interview.errors import BadInput, ServiceFailure
from include.interview.live import wire
from include.interview.live.session import LiveSession
from include.interview.live.wire import AnyDurable, Durable, ServerMessage, SocketRole
from include.storage.live import (
    AudioChunk,
    AudioHole,
    Command,
    Fenced,
    LiveState,
    MicrophoneTaken,
    Notice,
    ReplicaLoad,
    Sender,
    SessionMeta,
    SocketClaim,
    StateLost,
    Superseded,
)
from include.storage.live.records import place_of
from tests.support.virtual_time import now

EPOCH_UNIX_S = 1_800_000_000.0
"""Unix time at which a virtual loop begins."""


def unix_s() -> float:
    """The clock of the store and of every replica."""
    return EPOCH_UNIX_S + now()


@dataclass
class _Stored:
    """One session's state."""

    meta: SessionMeta
    events: list[AnyDurable] = field(default_factory=list)
    audio: dict[SocketRole, list[AudioChunk]] = field(default_factory=dict)
    senders: dict[SocketRole, Sender] = field(default_factory=dict)
    generations: dict[str, int] = field(default_factory=dict)
    """Of each place."""
    microphones: dict[SocketRole, str] = field(default_factory=dict)
    """On a panel the place that may send a role's sound."""
    here: dict[str, float] = field(default_factory=dict)
    """Account of a panel -> when a socket of it was last seen."""
    commands: list[bytes] = field(default_factory=list)
    once: set[str] = field(default_factory=set)
    checkpoint: bytes | None = None
    fence: int = 0
    lease: tuple[str, int, float] | None = None
    """Owner, fencing token, end of the lease."""
    seen: float = 0.0
    followed: int = 0
    published: list[ServerMessage] = field(default_factory=list)
    expires_in_s: float | None = None


class MemoryLiveStore:
    """Shared by all replicas of a test. `away`: every call fails as if Redis could not be reached."""

    def __init__(self) -> None:
        self.away = False
        self._sessions: dict[str, _Stored] = {}
        self._listeners: list[Callable[[Notice], None]] = []
        self._fleet: dict[str, ReplicaLoad] = {}
        self._handovers: dict[str, float] = {}
        """Session -> when it is due."""

    def create(self, session: LiveSession) -> SessionMeta:
        """A session that nobody has joined."""
        meta = replace(SessionMeta.of(session), epoch="epoch-1")
        self._sessions[session.id] = _Stored(meta)
        return meta

    def session(self, session_id: str, key: object = None) -> MemorySession:
        """One session's state."""
        return MemorySession(self, session_id)

    async def meta(self, session_id: str) -> SessionMeta:
        """The session and where it stands."""
        stored = self.stored(session_id)
        return replace(stored.meta, last_seq=len(stored.events))

    # ------------------------------------------------------------ replicas

    async def seen(self, sessions: Mapping[str, Iterable[str]]) -> None:
        """Somebody is there, and which accounts of the panel are."""
        for session_id, accounts in sessions.items():
            stored = self.stored(session_id)
            stored.seen = now()
            stored.here |= dict.fromkeys(accounts, now())

    async def report_load(self, load: ReplicaLoad, ttl_s: float) -> None:
        """How busy a replica is."""
        self.reached()
        self._fleet[load.replica] = load

    async def withdraw_load(self, replica: str) -> None:
        """It stops."""
        self.reached()
        self._fleet.pop(replica, None)

    async def fleet(self) -> list[ReplicaLoad]:
        """What all replicas reported."""
        self.reached()
        return list(self._fleet.values())

    def stored(self, session_id: str) -> _Stored:
        """What is kept of a session. Raises StateLost, and ServiceFailure while `away`."""
        self.reached()
        found = self._sessions.get(session_id)
        if found is None:
            raise StateLost("The live state is not there.", "")
        return found

    def reached(self) -> None:
        """Raises ServiceFailure while `away`."""
        if self.away:
            raise ServiceFailure("Redis is away.", "", code="redis_away")

    async def tell_panel(self, session_id: str) -> None:
        """Everybody reads the panel anew."""
        self.reached()
        self.tell(Notice(session_id, "panel"))

    def listen(self, listener: Callable[[Notice], None]) -> Callable[[], None]:
        """Notices of every session."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(self, notice: Notice) -> None:
        """Pass a notice to everybody."""
        for listener in tuple(self._listeners):
            listener(notice)

    # ------------------------------------------------------------ ownership

    async def ownerless(self) -> list[str]:
        """Sessions that run and that nobody owns."""
        self.reached()
        return sorted(
            identity
            for identity, each in self._sessions.items()
            if each.meta.state in ("live", "ending") and (each.lease is None or each.lease[2] <= now())
        )

    async def renew_all(self, fences: Mapping[str, int], owner: str, ttl_s: float) -> set[str]:
        """Those whose lease is held for another `ttl_s` seconds."""
        self.reached()
        kept = set()
        for identity, fence in fences.items():
            if self._sessions[identity].fence == fence:
                self._sessions[identity].lease = (owner, fence, now() + ttl_s)
                kept.add(identity)
        return kept

    # ------------------------------------------------------------ hand-over

    async def next_handover(self, worker: str, visibility_s: float) -> str | None:
        """A due session, not due again for `visibility_s` seconds."""
        self.reached()
        due = sorted((at, identity) for identity, at in self._handovers.items() if at <= now())
        if not due:
            return None
        self._handovers[due[0][1]] = now() + visibility_s
        return due[0][1]

    async def retry_handover(self, session_id: str, delay_s: float) -> bool:
        """Due again in `delay_s` seconds."""
        self.reached()
        self._handovers[session_id] = now() + delay_s
        return True

    async def done_handover(self, session_id: str) -> None:
        """Never again."""
        self.reached()
        self._handovers.pop(session_id, None)
        self.stored(session_id).once.add("handed over")

    async def waiting_handovers(self) -> int:
        """How many wait."""
        self.reached()
        return len(self._handovers)

    async def handover_due_s(self, now_s: float) -> float:
        """How long the first of those that wait has been due."""
        self.reached()
        return max(0.0, now_s - min(self._handovers.values(), default=now_s))

    async def time(self) -> float:
        """The clock of the store (seconds)."""
        self.reached()
        return now()

    def queue(self, session_id: str) -> bool:
        """Have a session handed over, once."""
        if session_id in self._handovers or "handed over" in self.stored(session_id).once:
            return False
        self._handovers[session_id] = now()
        self.tell(Notice(session_id, "handover"))
        return True


class MemorySession:
    """The surface of `SessionStore`."""

    def __init__(self, live: MemoryLiveStore, session_id: str) -> None:
        self._live, self.id = live, session_id

    @property
    def _stored(self) -> _Stored:
        return self._live.stored(self.id)

    # ------------------------------------------------------------ notices

    async def watch(self) -> None:
        """Nothing: every listener hears of every session."""
        self._live.reached()

    async def unwatch(self) -> None:
        """Nothing."""

    async def follow(self) -> None:
        """Tell of new sound from now on."""
        self._stored.followed = 1

    def unfollow(self) -> None:
        """No longer."""
        self._live._sessions[self.id].followed = 0

    async def publish(self, message: ServerMessage) -> None:
        """Keep what was published, for the test to see."""
        self._stored.published.append(message)
        self._live.tell(Notice(self.id, "message", message=wire.decode_server(wire.encode(message))))

    # ------------------------------------------------------------ the session

    async def epoch(self) -> str:
        """Always the first one."""
        return self._stored.meta.epoch

    async def set_state(self, state: LiveState) -> None:
        """Where the session stands."""
        self._stored.meta = replace(self._stored.meta, state=state)

    async def unseen_s(self) -> float:
        """Seconds since `claim_socket`."""
        return now() - self._stored.seen

    async def expire(self, after_s: float) -> None:
        """Only noted."""
        self._stored.expires_in_s = after_s

    async def queue_handover(self) -> bool:
        """See `MemoryLiveStore.queue`."""
        self._live.reached()
        return self._live.queue(self.id)

    # ------------------------------------------------------------ sockets and sound

    async def away_s(self, accounts: Sequence[str]) -> list[float]:
        """Seconds since each account was seen."""
        here = self._stored.here
        return [now() - here[account] if account in here else float("inf") for account in accounts]

    async def claim_socket(
        self, role: SocketRole, channels: int | None, account: str = "", *, leads: bool = False
    ) -> SocketClaim:
        """The newest socket of `role`, on a panel of `account`."""
        stored, place = self._stored, place_of(role, account)
        if account and channels is not None:
            if not leads and stored.microphones.get(role) != place:
                raise BadInput("Only who leads sends the panel's sound.", "", code="microphone_elsewhere")
            stored.microphones[role] = place
        if account:
            stored.here[account] = now()
        started = stored.meta.started_unix_ms or round(unix_s() * 1000)
        state: LiveState = "live" if stored.meta.state == "created" else stored.meta.state
        stored.meta = replace(stored.meta, started_unix_ms=started, state=state)
        stored.seen = now()
        session_ms = round(unix_s() * 1000) - started
        generation = stored.generations[place] = stored.generations.get(place, 0) + 1
        if channels is not None and role not in stored.senders:
            stored.senders[role] = Sender(role, channels, session_ms, 0)
        sender = stored.senders.get(role)
        self._live.tell(Notice(self.id, "joined", role, generation, account=account))
        self._live.tell(Notice(self.id, "ownerless"))
        return SocketClaim(
            session_id=self.id,
            role=role,
            generation=generation,
            epoch=stored.meta.epoch,
            next_sample=0 if sender is None else sender.next_sample,
            channels=None if sender is None else sender.channels,
            start_ms=None if sender is None else sender.start_ms,
            session_start_unix_ms=started,
            session_ms=session_ms,
            last_seq=len(stored.events),
            state=state,
            account=account,
        )

    async def append_audio(self, claim: SocketClaim, start_sample: int, pcm: bytes) -> int:
        """Keep sound that follows what is kept."""
        stored = self._stored
        if stored.generations[claim.place] != claim.generation:
            raise Superseded("A newer socket of this role has joined.", "")
        if stored.microphones.get(claim.role, claim.place) != claim.place:
            raise MicrophoneTaken("Another place has the microphone.", "")
        sender = stored.senders[claim.role]
        if start_sample > sender.next_sample:
            raise AudioHole(sender.next_sample)
        width = wire.SAMPLE_BYTES * sender.channels
        pcm = pcm[(sender.next_sample - start_sample) * width :]
        if pcm:
            stored.audio.setdefault(claim.role, []).append(AudioChunk(sender.next_sample, pcm))
            stored.senders[claim.role] = replace(sender, next_sample=sender.next_sample + len(pcm) // width)
            if stored.followed:
                self._live.tell(Notice(self.id, "sound", claim.role))
        return stored.senders[claim.role].next_sample

    async def skip_audio(self, claim: SocketClaim, to_sample: int, *, start_ms: int | None = None) -> int:
        """Leave samples out."""
        sender = self._stored.senders[claim.role]
        moved = replace(sender, next_sample=max(sender.next_sample, to_sample))
        self._stored.senders[claim.role] = moved if start_ms is None else replace(moved, start_ms=start_ms)
        return moved.next_sample

    async def senders(self) -> list[Sender]:
        """Who sends sound."""
        return [self._stored.senders[role] for role in sorted(self._stored.senders, reverse=True)]

    async def read_audio(self, sender: Sender, from_sample: int, count: int) -> list[AudioChunk]:
        """At most `count` chunks from the one that holds `from_sample` on."""
        width = wire.SAMPLE_BYTES * sender.channels
        chunks = self._stored.audio.get(sender.role, [])
        return [c for c in chunks if c.start_sample + len(c.pcm) // width > from_sample][:count]

    async def read_heard(
        self, from_samples: Mapping[SocketRole, int], count: int
    ) -> list[tuple[Sender, list[AudioChunk]]]:
        """Every sender with at most `count` chunks."""
        return [
            (sender, await self.read_audio(sender, from_samples.get(sender.role, 0), count))
            for sender in await self.senders()
        ]

    # ------------------------------------------------------------ events and commands

    async def append_events(
        self, events: Sequence[Durable], *, fence: int | None, checkpoint: bytes | None = None, once: str | None = None
    ) -> list[Durable]:
        """Events and checkpoint as one, refused with an older token."""
        stored = self._stored
        if fence is not None and fence != stored.fence:
            raise Fenced("This session has another owner now.", "")
        if once is not None and once in stored.once:
            return []
        if once is not None:
            stored.once.add(once)
        written: list[Durable] = [
            replace(event, seq=len(stored.events) + number) for number, event in enumerate(events, 1)
        ]
        stored.events += [wire.decode_event(wire.encode(event)) for event in written]
        if checkpoint is not None:
            stored.checkpoint = checkpoint
        if events:
            self._live.tell(Notice(self.id, "events"))
        return written

    async def read_events(self, after_seq: int, count: int) -> list[AnyDurable]:
        """The next events."""
        return self._stored.events[after_seq : after_seq + count]

    async def all_events(self) -> list[AnyDurable]:
        """Every event."""
        return list(self._stored.events)

    async def checkpoint(self) -> bytes | None:
        """What the last owner wrote."""
        return self._stored.checkpoint

    async def command(self, data: bytes, *, once: str | None = None) -> bool:
        """Keep a command, under `once` only the first time."""
        stored = self._stored
        if once is not None and f"command {once}" in stored.once:
            return False
        if once is not None:
            stored.once.add(f"command {once}")
        stored.commands.append(data)
        self._live.tell(Notice(self.id, "command"))
        return True

    async def commands(self, after: str) -> list[Command]:
        """Commands after a position."""
        first = int(after or 0)
        return [Command(str(n), data) for n, data in enumerate(self._stored.commands, 1) if n > first]

    # ------------------------------------------------------------ ownership

    async def acquire(self, owner: str, ttl_s: float) -> int | None:
        """A token above all before it; None while the lease holds."""
        stored = self._stored
        if stored.lease is not None and stored.lease[2] > now():
            return None
        stored.fence += 1
        stored.lease = (owner, stored.fence, now() + ttl_s)
        return stored.fence

    async def release(self, owner: str, fence: int) -> bool:
        """Give the lease up."""
        stored = self._stored
        if stored.lease is None or stored.lease[:2] != (owner, fence):
            return False
        stored.lease = None
        self._live.tell(Notice(self.id, "ownerless"))
        return True
