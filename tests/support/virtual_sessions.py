"""Whole replicas on virtual time: real owners and workers around an in-memory store and a scripted engine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from msgspec.structs import replace

from include.interview.errors import ServiceFailure
from include.interview.live import wire
from include.interview.live.finals import record_of, utterance_of
from include.interview.live.session import LiveSession, LiveUtterance
from include.interview.live.wire import Durable
from include.interview.records import QuestionMark, Scorecard, Transcript
from include.interview.stages import LiveStage
from include.storage.live import SocketClaim
from live_gateway.sessions import commands
from live_gateway.sessions.handle import SessionHandle
from live_gateway.sessions.owner import SessionOwner
from live_gateway.sessions.replica import Replica
from live_gateway.settings import GatewaySettings
from tests.support.live_store import MemoryLiveStore, MemorySession, unix_s
from tests.support.record_builders import card
from tests.support.speech_engine import Scripted, ScriptedEngine
from tests.support.virtual_time import VirtualTimeLoop

VIRTUAL = "asyncio", {"loop_factory": VirtualTimeLoop}
"""For the fixture `anyio_backend`."""
RATE = wire.SAMPLE_RATE
FRAME_S = 0.1
ID = "session-1"


class StubSessions:
    """The database's live sessions: one."""

    def __init__(self, session: LiveSession) -> None:
        self.session = session
        self.states: list[str] = []
        self.handed_over: dict[str, str] = {}

    def get(self, session_id: str) -> LiveSession:
        return self.session

    def set_state(self, session_id: str, state: str, at: Any = None, **more: str) -> None:
        self.states.append(state)
        self.handed_over |= more

    def set_consent(self, session_id: str, consent_id: str) -> LiveSession:
        self.session = replace(self.session, consent_id=consent_id)
        return self.session


@dataclass(frozen=True)
class StubAccount:
    """An account whose login is its id."""

    login: str


class StubAccounts:
    """Every account there may be."""

    def get(self, account_id: str) -> StubAccount:
        return StubAccount(account_id)


@dataclass
class StubRatings:
    """Who has rated the session."""

    raters: set[str] = field(default_factory=set)

    def rated(self, session_id: str, account_id: str) -> bool:
        return account_id in self.raters


class StubConsents:
    """Every consent that is needed."""

    def lacking(self, interview_ids: Iterable[str]) -> tuple[str, ...]:
        return ()


class StubStores:
    """As much of `Stores` as a session needs."""

    def __init__(self, session: LiveSession) -> None:
        self.live_sessions = StubSessions(session)
        self.accounts = StubAccounts()
        self.ratings = StubRatings()
        self.candidates = self
        self.consents = StubConsents()

    def live_key(self, candidate_id: str, session_id: str) -> None:
        """No key: nothing is sealed in memory."""

    def acting_as(self, actor: str) -> StubStores:
        return self


@dataclass
class NotingFeedback:
    """Feedback that writes one event per final, and remembers what it was given."""

    finals: list[LiveUtterance] = field(default_factory=list)
    events: list[Durable] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)
    restored: int = 0
    fails: bool = False

    def restore(self, events: Iterable[Durable]) -> None:
        self.restored = len(list(events))

    async def on_final(self, utterance: LiveUtterance, pcm: Any, now_ms: int) -> list[Durable]:
        if self.fails:
            raise RuntimeError("broken")
        self.finals.append(utterance)
        return [wire.Feedback(audience="interviewer", kind="noted", value=utterance.id)]

    async def on_event(self, event: Durable) -> list[Durable]:
        self.events.append(event)
        return []

    async def on_tick(self, now_ms: int) -> list[Durable]:
        return []

    def shed(self, level: int) -> None:
        self.levels.append(level)

    async def settled(self) -> list[Durable]:
        return []

    async def close(self) -> None:
        """Nothing runs."""

    async def assessment(self) -> Scorecard:
        return card(ID, 61.0, 2.0, stage="practical")

    def transcript(self) -> Transcript:
        said = tuple(record_of(utterance_of(e)) for e in self.events if isinstance(e, wire.TranscriptFinal))
        return Transcript("speech", "en", None, said)

    def marks(self) -> tuple[QuestionMark, ...]:
        return ()


@dataclass
class StubRuns:
    """Takes runs to be started, after failing as often as the test says. Without an Airflow it queues them."""

    failures: int = 0
    answer: Literal["started", "queued"] = "started"
    asked_at: list[float] = field(default_factory=list)
    runs: list[tuple[str, str, str]] = field(default_factory=list)

    async def start_run(self, dag_id: str, run_id: str, interview_id: str) -> Literal["started", "queued"]:
        self.asked_at.append(asyncio.get_running_loop().time())
        if len(self.asked_at) <= self.failures:
            raise ServiceFailure("The queue is away.", "", code="redis")
        self.runs.append((dag_id, run_id, interview_id))
        return self.answer


class VirtualWorld:
    """One session, and any number of replicas that may own it."""

    def __init__(
        self,
        script: dict[wire.Track, Sequence[Scripted]] | None = None,
        *,
        microphones: Literal["shared", "separate"] = "separate",
        stage: LiveStage = "practical",
        panel: tuple[str, ...] = (),
        **settings: Any,
    ) -> None:
        session = LiveSession(
            ID,
            stage,
            "interviewer-1",
            "candidate-1",
            "opening-1",
            "standard",
            "en",
            microphones,
            "created",
            "now",
            panel=panel,
        )
        self.live = MemoryLiveStore()
        self.live.create(session)
        self.stores = StubStores(session)
        self.engine = ScriptedEngine(script or {})
        self.feedback: list[NotingFeedback] = []
        self.settings = GatewaySettings(core=None, redis_url="", secret="", **settings)  # type: ignore[arg-type]

    @property
    def store(self) -> MemorySession:
        return self.live.session(ID)

    @property
    def events(self) -> list[wire.AnyDurable]:
        """Every durable event."""
        return self.live._sessions[ID].events

    @property
    def published(self) -> list[wire.ServerMessage]:
        """Every ephemeral message."""
        return self.live._sessions[ID].published

    def finals(self) -> list[str]:
        """The texts of the finals in the order in which they were written."""
        return [event.text for event in self.events if isinstance(event, wire.TranscriptFinal)]

    def of(self, kind: type) -> list[Any]:
        """Durable events of a kind."""
        return [event for event in self.events if isinstance(event, kind)]

    async def make_feedback(self, handle: SessionHandle) -> NotingFeedback:
        self.feedback.append(NotingFeedback())
        return self.feedback[-1]

    async def handle(self) -> SessionHandle:
        """The session as a replica opens it."""
        meta = await self.live.meta(ID)
        return SessionHandle(self.store, self.stores, self.stores.live_sessions.session, meta, unix_s)  # type: ignore[arg-type]

    async def owner(self, name: str, engine: ScriptedEngine | None = None) -> SessionOwner:
        """An owner with the session's lease, without a replica around it; notices reach it."""
        fence = await self.store.acquire(name, self.settings.lease_ttl_s)
        assert fence is not None
        owner = SessionOwner(await self.handle(), fence, engine or self.engine, self.make_feedback, self.settings)  # type: ignore[arg-type]
        self.live.listen(lambda notice: owner.sound_came() if notice.kind == "sound" else None)
        self.live.listen(lambda notice: owner.command_came() if notice.kind == "command" else None)
        return owner

    def replica(
        self,
        engine: ScriptedEngine | None = None,
        runs: StubRuns | None = None,
        tell_heard: Callable[[bool], None] = lambda _: None,
    ) -> Replica:
        """A replica that is not started yet."""
        return Replica(
            self.settings,
            self.stores,  # type: ignore[arg-type]
            self.live,  # type: ignore[arg-type]
            engine or self.engine,
            runs or StubRuns(),
            self.make_feedback,  # type: ignore[arg-type]
            unix_s,
            tell_heard,
        )

    async def join(self, role: wire.SocketRole = "candidate", channels: int | None = 1) -> SocketClaim:
        """A socket that sends sound."""
        return await self.store.claim_socket(role, channels)

    async def talk(self, seconds: float, *claims: SocketClaim) -> None:
        """Send `seconds` of sound with each claim, in real (virtual) time."""
        for _ in range(round(seconds / FRAME_S)):
            for claim in claims:
                sender = self.live._sessions[ID].senders[claim.role]
                pcm = bytes(round(FRAME_S * RATE) * wire.SAMPLE_BYTES * sender.channels)
                await self.store.append_audio(claim, sender.next_sample, pcm)
            await asyncio.sleep(FRAME_S)

    async def command(self, command: commands.AnyCommand, once: str | None = None) -> None:
        """What an interviewer asks of the owner."""
        await self.store.command(commands.encode(command), once=once)


def lines(*texts: str, each_s: float = 1.0, pause_s: float = 0.5, start_s: float = 0.5) -> list[Scripted]:
    """Utterances of `each_s` seconds with pauses between them."""
    found = []
    for number, text in enumerate(texts):
        start = start_s + number * (each_s + pause_s)
        found.append(Scripted(round(start * RATE), round((start + each_s) * RATE), text))
    return found
