"""The events of a socket and the effects they lead to: input and output of `protocol`. No I/O, no clock."""

from __future__ import annotations

from typing import Literal

import msgspec

from include.interview.live.wire import (
    RING_S,
    AnyClientMessage,
    AnyEphemeral,
    ErrorMessage,
    Finalize,
    Hello,
    Note,
    QuestionAction,
    SocketRole,
    SpeakerAssign,
)

MARGIN_S = 5.0
"""Seconds of audio granted beyond `max_ahead_s`: jitter of a network and of a browser's audio clock."""
LEAST_FRAME_S = 0.01
"""Sound that a frame holds on average at least, in seconds: each costs us an entry, however little is in it. A frame
after a gap holds so much in any case."""
GAPS_PER_S = 0.5
GAPS_BURST = 20.0
"""Jumps of a sender's clock at once: each may be a durable event. A line that breaks makes one per connection."""
TEXT_PER_S = 10.0
TEXT_BURST = 100.0
"""Text messages a socket may send at once; people type and click far more slowly."""
MAX_BACKLOG_BYTES = 1024 * 1024
"""Bytes that may wait for a slow reader."""


class Rules(msgspec.Struct, frozen=True):
    """What a socket must keep to."""

    hello_timeout_s: float = 10.0
    idle_s: float = 60.0
    max_ahead_s: float = RING_S


class SocketState(msgspec.Struct, frozen=True):
    """Everything the rules remember of one socket. Times are monotonic seconds."""

    role: SocketRole
    microphones: Literal["shared", "separate"]
    opened_at: float
    heard_at: float
    phase: Literal["hello", "joining", "open", "closed"] = "hello"
    channels: int | None = None
    """None: this socket only listens."""
    next_sample: int = 0
    origin: float = 0.0
    """When sample 0 was spoken, were the sender's clock exact."""
    lost: bool = False
    """The stream was lost: the first frame says anew where the sender stands."""
    paused: bool = False
    resumed: bool = False
    """The first frame after a pause may jump: meant silence is no gap."""
    ended: bool = False
    leads: bool = True
    """Whether it may end the interview and put questions away: of a panel, one account may."""
    unheard: bool = False
    """Another socket of the role has the microphone: what this one still sends is left out."""
    audio_s: float = 0.0
    """Seconds of audio that may come at once (token bucket, refilled in real time)."""
    frames_s: float = 0.0
    """The same for frames, of which each takes `LEAST_FRAME_S`."""
    gaps: float = GAPS_BURST
    texts: float = TEXT_BURST
    filled_at: float = 0.0


# ---------------------------------------------------------------- inputs


class TextReceived(msgspec.Struct, frozen=True):
    """A decoded text message."""

    message: AnyClientMessage


class AudioReceived(msgspec.Struct, frozen=True):
    """A binary frame as received."""

    frame: bytes


class InvalidReceived(msgspec.Struct, frozen=True):
    """A text frame that is not part of the protocol."""

    reason: str


class Joined(msgspec.Struct, frozen=True):
    """The session let the socket in."""

    next_sample: int
    ahead_s: float
    """How long ago, on the session's clock, the sender's sample 0 was due."""
    lost: bool = False
    ended: bool = False
    leads: bool = True


class Lead(msgspec.Struct, frozen=True):
    """Whether this socket's account leads the panel from now on."""

    leads: bool


class MicrophoneGone(msgspec.Struct, frozen=True):
    """Another socket of the role brought its microphone: this one is no longer heard."""


class NotTaken(msgspec.Struct, frozen=True):
    """What the socket asked for names what the session does not have."""

    error: ErrorMessage


class Refused(msgspec.Struct, frozen=True):
    """The session did not let the socket in, or does not let it stay."""

    close_code: int
    code: str
    message: str


class Superseded(msgspec.Struct, frozen=True):
    """A newer socket of the same role has taken over."""


class Backlog(msgspec.Struct, frozen=True):
    """Bytes waiting for the client to read."""

    waiting: int


class SessionOver(msgspec.Struct, frozen=True):
    """`session.ended` was sent to this socket."""


class Draining(msgspec.Struct, frozen=True):
    """This replica stops."""


class Failed(msgspec.Struct, frozen=True):
    """The server cannot go on with this socket, but another connection may work."""

    code: str
    message: str


class Tick(msgspec.Struct, frozen=True):
    """Time has passed."""


Input = (
    TextReceived
    | AudioReceived
    | InvalidReceived
    | Joined
    | Lead
    | MicrophoneGone
    | NotTaken
    | Refused
    | Superseded
    | Backlog
    | SessionOver
    | Draining
    | Failed
    | Tick
)


# ---------------------------------------------------------------- effects


class RequestJoin(msgspec.Struct, frozen=True):
    """Check consent, claim the role's place, then feed `Joined` or `Refused`."""

    hello: Hello


class Store(msgspec.Struct, frozen=True):
    """Keep this sound; acknowledge when it is durable."""

    start_sample: int
    pcm: bytes


class Skip(msgspec.Struct, frozen=True):
    """The sender's clock jumps; a `cause` of None is meant silence, else samples [start, end) are declared a gap."""

    start_sample: int
    end_sample: int
    cause: Literal["client", "lost"] | None
    rebase: bool = False
    """The sender's clock is to be placed anew on the session's: `end_sample` is now."""


class Tell(msgspec.Struct, frozen=True):
    """Hand this to the session's owner, durably."""

    message: Finalize | SpeakerAssign | QuestionAction | Note


class Finish(msgspec.Struct, frozen=True):
    """The interview is over, says this socket."""

    last_sample: int


class Answer(msgspec.Struct, frozen=True):
    """Send this now."""

    message: AnyEphemeral


class Close(msgspec.Struct, frozen=True):
    """Send the reason as an `error` (unless 1000), then close."""

    close_code: int
    code: str
    message: str


Effect = RequestJoin | Store | Skip | Tell | Finish | Answer | Close
