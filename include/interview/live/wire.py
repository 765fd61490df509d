"""The wire protocol `interview.v1`: every message as a record, for server and clients alike (docs/protocol.md).

Text frames are JSON objects whose `type` names the record. Binary frames are audio (`frame_of`, `parse_frame`).
`ms` are milliseconds on the session's clock, samples count at 16 kHz on the sending socket's own clock.
"""

from __future__ import annotations

import struct
from typing import Literal

import msgspec

from include.interview.errors import BadInput
from include.interview.records import Scorecard

SUBPROTOCOL = "interview.v1"
TICKET_PREFIX = "ticket."
SAMPLE_RATE = 16_000
SAMPLE_BYTES = 2
MAX_FRAME_BYTES = 64 * 1024
"""Largest binary frame, header included."""
MAX_TEXT_BYTES = 16 * 1024
"""Largest text frame a client may send."""
RING_S = 30.0
"""Seconds of sent audio a client keeps for replay."""

SocketRole = Literal["interviewer", "candidate"]
Track = Literal["interviewer", "candidate", "room"]
"""One voice channel of a session: a person's own microphone, or one microphone for the room (then diarized)."""
Audience = Literal["interviewer", "candidate", "both"]
SpeakerRole = Literal["interviewer", "candidate", "unknown"]
ProbeKind = Literal["clarify", "depth", "ownership", "result", "reflection"]
"""What a probe asks of an answer: what was meant (clarify), the course of it (depth), the candidate's own part
(ownership), what came of it (result), what was learned from it (reflection)."""

# ---------------------------------------------------------------- close codes

NORMAL = 1000
GOING_AWAY = 1001
TOO_BIG = 1009
INTERNAL = 1011
DRAINING = 1012
FULL = 1013
BAD_MESSAGE = 4400
BAD_TICKET = 4401
FORBIDDEN = 4403
UNKNOWN_SESSION = 4404
IDLE = 4408
SUPERSEDED = 4409
ENDED = 4410
TOO_FAST = 4429
SLOW_CONSUMER = 4430
RECONNECT_CODES = frozenset({GOING_AWAY, 1006, INTERNAL, DRAINING, FULL, IDLE, SLOW_CONSUMER})
"""After these a client connects again with a new ticket; all others are final."""


# ---------------------------------------------------------------- client → server


class ClientMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type"):
    """Base of what a client may send as text."""


class AudioFormat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the socket's binary frames hold."""

    encoding: Literal["pcm_s16le"] = "pcm_s16le"
    sample_rate: Literal[16000] = 16_000
    channels: Literal[1, 2] = 1


class ResumeFrom(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last durable event the client has, in which epoch."""

    epoch: str
    last_seq: int


class Hello(ClientMessage, frozen=True, tag="hello"):
    """First message. Without `audio` the socket only listens; without a consent (null) it is told what is missing."""

    v: int
    consent_id: str | None
    audio: AudioFormat | None = None
    resume: ResumeFrom | None = None


class Keepalive(ClientMessage, frozen=True, tag="keepalive"):
    """Keeps a silent socket open; answered by `pong`."""


class Pause(ClientMessage, frozen=True, tag="pause"):
    """This socket sends no audio until `resume`; the silence is no gap."""


class Resume(ClientMessage, frozen=True, tag="resume"):
    """Audio goes on with the next sample."""


class Finalize(ClientMessage, frozen=True, tag="finalize"):
    """Turn what has been heard so far into finals; answered by `finalized` with the same id."""

    id: str


class SpeakerAssign(ClientMessage, frozen=True, tag="speaker.assign"):
    """The interviewer says who spoke: one utterance (`from` = its id) or everything of a speaker label."""

    source: str = msgspec.field(name="from")
    to: Literal["interviewer", "candidate"] = "candidate"
    scope: Literal["utterance", "speaker"] = "utterance"


class QuestionAction(ClientMessage, frozen=True, tag="question.action"):
    """A suggested or prepared question, or one of the opening's own, was asked (`used`) or put away (`dismissed`)."""

    id: str
    action: Literal["used", "dismissed"]


class Note(ClientMessage, frozen=True, tag="note"):
    """An interviewer's note at a time of the session."""

    text: str
    at_ms: int


class End(ClientMessage, frozen=True, tag="end"):
    """The interview is over; `last_sample` counts what this socket sent."""

    last_sample: int


AnyClientMessage = Hello | Keepalive | Pause | Resume | Finalize | SpeakerAssign | QuestionAction | Note | End


# ---------------------------------------------------------------- server → client


class ServerMessage(msgspec.Struct, frozen=True, tag_field="type"):
    """Base of what the server sends."""


class Durable(ServerMessage, frozen=True, kw_only=True):
    """An event that is kept.

    `seq` rises by one per session, so that an interviewer, who sees a share of it, sees numbers missing; the
    candidate's messages have numbers of their own without any missing.
    """

    seq: int = 0


class Limits(msgspec.Struct, frozen=True):
    """What the server accepts on this socket."""

    max_frame_bytes: int = MAX_FRAME_BYTES
    max_ahead_s: float = 0.0
    idle_s: float = 0.0
    ring_s: float = RING_S


class Ready(ServerMessage, frozen=True, tag="ready"):
    """The handshake is done. Send audio from `next_sample`; `recovered` is False when events were lost."""

    epoch: str
    recovered: bool
    next_sample: int
    last_seq: int
    limits: Limits
    session_ms: int = 0
    """Where the session's clock stands."""
    start_ms: int = 0
    """Where sample 0 of this socket's sender stands on that clock: a page that was loaded anew goes on by it."""


class Snapshot(ServerMessage, frozen=True, tag="snapshot"):
    """Everything this role may see, sent after a `ready` that is not recovered, instead of the missed events."""

    events: list[AnyDurable]


class AudioAck(ServerMessage, frozen=True, tag="audio.ack"):
    """All samples before `through_sample` are kept, encrypted."""

    through_sample: int


class TranscriptPartial(ServerMessage, frozen=True, tag="transcript.partial"):
    """What is being said; `stable` will not change, `unstable` may."""

    utt: str
    rev: int
    stable: str
    unstable: str
    start_ms: int
    end_ms: int
    speaker: str | None = None


class Status(ServerMessage, frozen=True, tag="status"):
    """How the server keeps up."""

    state: Literal["ok", "degraded", "stalled"]
    reasons: list[str] = []
    asr_lag_ms: int = 0
    diarization_lag_ms: int = 0


class Pong(ServerMessage, frozen=True, tag="pong"):
    """Answer to `keepalive`."""


class GoAway(ServerMessage, frozen=True, tag="go_away"):
    """This server stops: connect again (to whichever answers) within `within_ms`."""

    reason: str
    within_ms: int


class Panelist(msgspec.Struct, frozen=True):
    """Who conducts the interview: the account's id and login, whether a socket of it is here, whether it leads."""

    account_id: str
    login: str
    here: bool
    leads: bool


class PanelState(ServerMessage, frozen=True, tag="panel"):
    """Who is on the panel now; sent to its members when somebody joins, leaves, or is given the lead."""

    members: list[Panelist]


class ErrorMessage(ServerMessage, frozen=True, tag="error"):
    """Why the socket is about to be closed with `close_code`, or (None) why a message was not taken."""

    code: str
    message: str
    close_code: int | None = None


class WireWord(msgspec.Struct, frozen=True):
    """A recognised word on the session's clock with its probability in [0, 1]."""

    text: str
    start_ms: int
    end_ms: int
    p: float


class TranscriptFinal(Durable, frozen=True, tag="transcript.final"):
    """An utterance whose text never changes. `speaker` is a label ("candidate", "interviewer", "S1", …)."""

    utt: str
    text: str
    words: list[WireWord]
    speaker: str
    role: SpeakerRole
    start_ms: int
    end_ms: int
    language: str
    confidence: float


class SpeakerUpdate(Durable, frozen=True, tag="speaker.update"):
    """These utterances were said by `speaker`. `scope`: what a correction was about; None for other causes."""

    utts: list[str]
    speaker: str
    role: SpeakerRole
    cause: Literal["diarization", "role", "correction"]
    scope: Literal["utterance", "speaker"] | None = None


class TranscriptRetracted(Durable, frozen=True, tag="transcript.retracted"):
    """To the candidate alone: these utterances were somebody else's; forget their words."""

    utts: list[str]


class SpeechStart(Durable, frozen=True, tag="speech.start"):
    """Somebody began to speak."""

    utt: str
    track: Track
    at_ms: int


class SpeechEnd(Durable, frozen=True, tag="speech.end"):
    """... and stopped."""

    utt: str
    track: Track
    at_ms: int


class SpeechDiscarded(Durable, frozen=True, tag="speech.discarded"):
    """What began as this utterance has no final: nothing was heard in it that can be believed.

    `reason`: "noise" (not speech after all), "unintelligible" (speech whose words cannot be believed), or "lost" (its
    sound could not be heard to its end).
    """

    utt: str
    track: Track
    reason: Literal["noise", "unintelligible", "lost"] = "noise"


class AudioGap(Durable, frozen=True, tag="audio.gap"):
    """Samples [from, to) of `track` will never be heard."""

    track: Track
    start_sample: int = msgspec.field(name="from")
    end_sample: int = msgspec.field(name="to")
    cause: Literal["client", "lost"] = "client"


class Feedback(Durable, frozen=True, tag="feedback"):
    """One thing worth knowing now. `value` is a number, a code or a sentence in the session's language."""

    audience: Audience
    kind: str
    value: str | float | int | bool | None
    evidence: list[str] = []
    text: str = ""
    """The same as a sentence for people; empty where `kind` and `value` say it all."""


class QuestionSuggested(Durable, frozen=True, tag="question.suggested"):
    """A question worth asking next, why, and which utterances it rests on.

    `probe`: what it asks of the answer; None where it opens a new subject. `criterion`: the criterion that the answer
    speaks to, where probes are counted per criterion; else "".
    """

    id: str
    text: str
    why: str
    evidence: list[str]
    probe: ProbeKind | None = None
    criterion: str = ""


class QuestionActed(Durable, frozen=True, tag="question.acted"):
    """What became of a question; `at_ms` is when. Used questions are the marks that group answers."""

    id: str
    action: Literal["used", "dismissed"]
    at_ms: int


class NoteTaken(Durable, frozen=True, tag="note.taken"):
    """An interviewer's note was kept. `author`: on a panel the account that wrote it, the only one that is told."""

    text: str
    at_ms: int
    author: str = ""


class ScoreUpdate(Durable, frozen=True, tag="score.update"):
    """Where a criterion stands: `value` in [0, 1], or None while `insufficient` says why not."""

    criterion: str
    value: float | None
    insufficient: str | None
    evidence: list[str]
    points: float | None = None
    weight: float = 0.0


class Finalized(Durable, frozen=True, tag="finalized"):
    """Everything heard before `finalize` with this id is final."""

    id: str


class Result(Durable, frozen=True, tag="result"):
    """The live assessment. The candidate's own notice carries no card.

    `held` tells the interviewer why there is none: a person has to look at it first, or withheld it, or the reader
    conducts the interview and has not rated it yet.
    """

    scorecard_id: str
    card: Scorecard | None = None
    held: Literal["under_review", "withheld", "rate_first"] | None = None


class SessionEnded(Durable, frozen=True, tag="session.ended"):
    """The session is over; `dag_run_id` names the offline evaluation once it was handed over."""

    dag_run_id: str | None
    reason: str = "end"


AnyDurable = (
    TranscriptFinal
    | SpeakerUpdate
    | SpeechStart
    | SpeechEnd
    | SpeechDiscarded
    | TranscriptRetracted
    | AudioGap
    | Feedback
    | QuestionSuggested
    | QuestionActed
    | NoteTaken
    | ScoreUpdate
    | Finalized
    | Result
    | SessionEnded
)
AnyEphemeral = Ready | Snapshot | AudioAck | TranscriptPartial | Status | Pong | GoAway | PanelState | ErrorMessage
AnyServerMessage = AnyDurable | AnyEphemeral


# ---------------------------------------------------------------- audio frames

_HEAD = struct.Struct("<Q")


def frame_of(start_sample: int, pcm: bytes) -> bytes:
    """A binary frame: 8 bytes little-endian start sample, then interleaved 16-bit samples."""
    return _HEAD.pack(start_sample) + pcm


def parse_frame(data: bytes, channels: int = 1) -> tuple[int, bytes]:
    """Start sample and PCM of a binary frame.

    Raises:
        BadInput: code "frame_too_large", "frame_too_short" or "frame_odd_length".
    """
    if len(data) > MAX_FRAME_BYTES:
        raise BadInput(
            f"The audio frame has {len(data)} bytes; at most {MAX_FRAME_BYTES} are accepted.",
            "Send frames of 50 to 100 ms.",
            code="frame_too_large",
        )
    if len(data) <= _HEAD.size:
        raise BadInput(
            "The audio frame holds no sound.",
            "A frame is 8 bytes of start sample, then 16-bit samples.",
            code="frame_too_short",
        )
    if (len(data) - _HEAD.size) % (SAMPLE_BYTES * channels):
        raise BadInput(
            f"The audio frame does not hold whole samples of {channels} channel(s).",
            "Send signed 16-bit little-endian samples, all channels of a moment together.",
            code="frame_odd_length",
        )
    return _HEAD.unpack_from(data)[0], data[_HEAD.size :]


def decode_client(data: str | bytes) -> AnyClientMessage:
    """The client's message.

    Raises:
        BadInput: code "bad_message": no JSON, too long or too deep, unknown type, missing or unknown fields.
    """
    if len(data) > MAX_TEXT_BYTES:
        raise BadInput(
            f"The message has more than {MAX_TEXT_BYTES} characters.", "Send shorter ones.", code="bad_message"
        )
    try:
        return _CLIENT.decode(data)
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError, UnicodeDecodeError) as error:
        raise BadInput(
            f"The message is not part of {SUBPROTOCOL}: {error}.", "See docs/protocol.md.", code="bad_message"
        ) from None


def decode_server(data: str | bytes) -> AnyServerMessage:
    """A server message, for clients. Raises msgspec.ValidationError on anything else."""
    return _SERVER.decode(data)


def decode_event(data: str | bytes) -> AnyDurable:
    """A durable event as stored. Raises msgspec.ValidationError on anything else."""
    return _EVENT.decode(data)


def encode(message: ClientMessage | ServerMessage) -> bytes:
    """UTF-8 JSON of any message."""
    return msgspec.json.encode(message)


_CLIENT: msgspec.json.Decoder[AnyClientMessage] = msgspec.json.Decoder(AnyClientMessage)
_SERVER: msgspec.json.Decoder[AnyServerMessage] = msgspec.json.Decoder(AnyServerMessage)
_EVENT: msgspec.json.Decoder[AnyDurable] = msgspec.json.Decoder(AnyDurable)
