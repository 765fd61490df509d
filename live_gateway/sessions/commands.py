"""What sockets and HTTP routes ask of a session's owner, on whichever replica it runs: durable, handled once."""

from __future__ import annotations

from typing import Literal

import msgspec

from include.interview.live import wire


class Command(msgspec.Struct, frozen=True, tag_field="kind"):
    """Base of all commands."""


class FinalizeNow(Command, frozen=True, tag="finalize"):
    """Make what was heard so far final; answered by `Finalized` with this id."""

    id: str


class Assign(Command, frozen=True, tag="assign"):
    """The interviewer says who spoke."""

    source: str
    to: Literal["interviewer", "candidate"]
    scope: Literal["utterance", "speaker"]


class Act(Command, frozen=True, tag="act"):
    """A question was used or dismissed, at a time of the session."""

    id: str
    action: Literal["used", "dismissed"]
    at_ms: int


class TakeNote(Command, frozen=True, tag="note"):
    """An interviewer's note; on a panel `author` is the account that wrote it."""

    text: str
    at_ms: int
    author: str = ""


class EndNow(Command, frozen=True, tag="end"):
    """The interview is over; `reason` is "end", "abandoned" or another code."""

    reason: str = "end"


AnyCommand = FinalizeNow | Assign | Act | TakeNote | EndNow
_DECODER: msgspec.msgpack.Decoder[AnyCommand] = msgspec.msgpack.Decoder(AnyCommand)


def encode(command: AnyCommand) -> bytes:
    """For the stream."""
    return msgspec.msgpack.encode(command)


def decode(data: bytes) -> AnyCommand:
    """From the stream. Raises msgspec.ValidationError on anything else."""
    return _DECODER.decode(data)


def from_wire(
    message: wire.Finalize | wire.SpeakerAssign | wire.QuestionAction | wire.Note, now_ms: int, account: str
) -> AnyCommand:
    """A client's message as a command, at `now_ms` of the session; `account` is whose it is on a panel, else empty."""
    if isinstance(message, wire.Finalize):
        return FinalizeNow(message.id)
    if isinstance(message, wire.SpeakerAssign):
        return Assign(message.source, message.to, message.scope)
    if isinstance(message, wire.QuestionAction):
        return Act(message.id, message.action, now_ms)
    return TakeNote(message.text, message.at_ms, account)
