"""What the live store hands out, and what it raises when a place was taken or state was lost."""

from __future__ import annotations

from typing import Literal

from include.interview.errors import BadInput, NotFound, TriviewError
from include.interview.live.session import LiveSession
from include.interview.live.wire import AnyServerMessage, SocketRole
from include.interview.records import Record, Stage

LiveState = Literal["created", "live", "ending", "ended"]
"""As Redis knows a session: created, somebody joined, being concluded, concluded."""
NoticeKind = Literal["message", "events", "command", "joined", "panel", "sound", "ownerless", "handover", "resync"]


class Superseded(TriviewError):
    """A newer socket of the same role has taken the place."""

    code = "superseded"


class MicrophoneTaken(TriviewError):
    """Another socket of the same role holds the role's microphone now; this one may stay and listen."""

    code = "microphone_taken"


class Fenced(TriviewError):
    """Another owner holds a newer fencing token: nothing was written."""

    code = "fenced"


class StateLost(NotFound):
    """Redis does not know the session, or knows it in another epoch: what it held before is gone.

    Whoever still finds the session in the database calls `LiveStore.recreate` and declares the loss.
    """

    code = "live_state_lost"


class AudioHole(BadInput):
    """Sound that does not follow what is kept. Declare the hole with `skip_audio`, then append again."""

    code = "audio_hole"

    def __init__(self, next_sample: int) -> None:
        super().__init__(f"The next sample must be {next_sample}.", "Send from there, or declare the gap.")
        self.next_sample = next_sample


class Ticket(Record, frozen=True):
    """What a redeemed ticket lets in: this account, as this role, into this session, while this login goes on."""

    session_id: str
    role: SocketRole
    account_id: str
    login_id: str


class SessionMeta(Record, frozen=True):
    """What every replica needs to know of a live session; ids and settings only, nothing personal.

    `epoch` names this life of its stream: it changes when Redis lost the stream. `started_unix_ms` is zero of the
    session's clock, None until somebody joined. `last_seq` is the number of the newest durable event.
    """

    id: str
    stage: Stage
    interviewer_id: str
    candidate_id: str
    opening_id: str
    profile: str
    language: Literal["ko", "en"]
    microphones: Literal["shared", "separate"]
    epoch: str = ""
    state: LiveState = "created"
    started_unix_ms: int | None = None
    last_seq: int = 0

    @classmethod
    def of(cls, session: LiveSession) -> SessionMeta:
        """Of a session as the database knows it."""
        return cls(
            id=session.id,
            stage=session.stage,
            interviewer_id=session.interviewer_id,
            candidate_id=session.candidate_id,
            opening_id=session.opening_id,
            profile=session.profile,
            language=session.language,
            microphones=session.microphones,
        )


class SocketClaim(Record, frozen=True):
    """A socket's place in a session. `start_ms` is where its sample 0 lies on the session's clock; None: no audio yet.

    `session_ms` is where the session's clock stood when the place was claimed. `account`: whose place it is where a
    role has one place per account (a panel's interviewers); empty where the role has one place.
    """

    session_id: str
    role: SocketRole
    generation: int
    epoch: str
    next_sample: int
    channels: int | None
    start_ms: int | None
    session_start_unix_ms: int
    session_ms: int
    last_seq: int
    state: LiveState
    account: str = ""

    @property
    def place(self) -> str:
        """The name of the place."""
        return place_of(self.role, self.account)


def place_of(role: SocketRole, account: str = "") -> str:
    """The name of a socket's place: the role, or with an `account` that account's place in the role."""
    return f"{role}:{account}" if account else role


class Sender(Record, frozen=True):
    """One socket role's sound so far: samples [0, next_sample), sample 0 at `start_ms` of the session."""

    role: SocketRole
    channels: int
    start_ms: int
    next_sample: int


class AudioChunk(Record, frozen=True):
    """Kept sound: interleaved 16-bit samples from `start_sample` of the sender on."""

    start_sample: int
    pcm: bytes


class Command(Record, frozen=True):
    """Something asked of a session's owner. `place` orders commands: go on after it."""

    place: str
    data: bytes


class Notice(Record, frozen=True):
    """What happened to a watched session, or (ownerless, handover) to any.

    message: an ephemeral `message`. events, command: new ones can be read. joined: a socket of `role` (and `account`,
    on a panel) claimed its place as `generation` (older ones are superseded). panel: who conducts it, or who leads,
    has changed in the database. sound: `role`'s followed stream has grown. resync: the
    connection was lost for a while; anything may have happened.
    """

    session_id: str
    kind: NoticeKind
    role: SocketRole | None = None
    generation: int = 0
    message: AnyServerMessage | None = None
    account: str = ""


class RateDecision(Record, frozen=True):
    """Whether one more is allowed, how many more would be, and when to ask again if not."""

    allowed: bool
    retry_after_s: float
    remaining: int


class ReplicaLoad(Record, frozen=True):
    """How busy one replica is, as it says itself. `room` is how many more sessions it would take."""

    replica: str
    sessions: int
    room: int
    level: int = 0
    real_time_factor: float = 0.0
    speech: bool = True
    draining: bool = False
