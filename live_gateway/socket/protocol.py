"""The rules of one socket: (rules, state, input, now) → (state, effects). Pure, so that tests run on virtual time.

Whoever drives it carries the effects out in order. After a `Close` every further input is without effect.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from include.interview.errors import BadInput
from include.interview.live import wire
from live_gateway.socket.events import (
    GAPS_BURST,
    GAPS_PER_S,
    LEAST_FRAME_S,
    MARGIN_S,
    MAX_BACKLOG_BYTES,
    TEXT_BURST,
    TEXT_PER_S,
    Answer,
    AudioReceived,
    Backlog,
    Close,
    Draining,
    Effect,
    Failed,
    Finish,
    Input,
    InvalidReceived,
    Joined,
    Lead,
    MicrophoneGone,
    NotTaken,
    Refused,
    RequestJoin,
    Rules,
    SessionOver,
    Skip,
    SocketState,
    Store,
    Superseded,
    Tell,
    TextReceived,
    Tick,
)

Step = tuple[SocketState, tuple[Effect, ...]]
NOTHING: tuple[Effect, ...] = ()
PONG = wire.Pong()
VERSION = 1
MAX_NOTE_CHARS = 4_000
MAX_ID_CHARS = 100


def opened(role: wire.SocketRole, microphones: str, now: float) -> SocketState:
    """The state of a socket whose ticket was good."""
    return SocketState(
        role=role,
        microphones="shared" if microphones == "shared" else "separate",
        opened_at=now,
        heard_at=now,
        filled_at=now,
    )


def step(rules: Rules, state: SocketState, given: Input, now: float) -> Step:
    """What becomes of the socket, and what to do, when `given` happens at `now` (monotonic seconds)."""
    if state.phase == "closed":
        return state, NOTHING
    rule: Callable[[Rules, SocketState, Any, float], Step] = _RULES[type(given)]
    return rule(rules, state, given, now)


def deadline(rules: Rules, state: SocketState) -> float:
    """When a `Tick` will next matter. While joining it is the server that takes its time."""
    if state.phase == "joining":
        return math.inf
    if state.phase == "hello":
        return state.opened_at + rules.hello_timeout_s
    return state.heard_at + rules.idle_s


def _close(state: SocketState, close_code: int, code: str, message: str) -> Step:
    return replace(state, phase="closed"), (Close(close_code, code, message),)


# ---------------------------------------------------------------- sound


def _audio_received(rules: Rules, state: SocketState, given: AudioReceived, now: float) -> Step:
    """A frame: checked, cut where it overlaps, holes declared, never faster than real time, never in slivers."""
    if state.phase != "open":
        return _close(state, wire.BAD_MESSAGE, "audio_before_ready", "Send hello and wait for ready before any audio.")
    channels = state.channels
    if channels is None:
        return _close(state, wire.BAD_MESSAGE, "audio_not_announced", "This socket's hello announced no audio.")
    try:
        start, pcm = wire.parse_frame(given.frame, channels)
    except BadInput as error:
        code = wire.TOO_BIG if error.code == "frame_too_large" else wire.BAD_MESSAGE
        return _close(state, code, error.code, str(error))
    passed, limit = now - state.filled_at, rules.max_ahead_s + MARGIN_S
    frames_s = min(limit, state.frames_s + passed) - LEAST_FRAME_S
    if frames_s < 0:
        return _close(state, wire.TOO_FAST, "too_many_frames", "A frame holds 10 ms of sound or more; send fewer.")
    if state.ended or state.unheard:
        return _filled(rules, state, now, frames_s=frames_s), NOTHING
    width = wire.SAMPLE_BYTES * channels
    count = len(pcm) // width
    allowance = min(limit, state.audio_s + passed) - count / wire.SAMPLE_RATE
    if allowance < 0:
        return _close(state, wire.TOO_FAST, "faster_than_real_time", "The audio comes faster than it can be spoken.")
    origin = now - start / wire.SAMPLE_RATE if state.lost else state.origin
    if (start + count) / wire.SAMPLE_RATE > now - origin + limit:
        return _close(state, wire.TOO_FAST, "too_far_ahead", "The audio's sample number lies in the future.")
    gaps = min(GAPS_BURST, state.gaps + passed * GAPS_PER_S)
    if start > state.next_sample:
        gaps -= 1
        if count < LEAST_FRAME_S * wire.SAMPLE_RATE:
            text = "After a gap, a frame holds 10 ms of sound or more."
            return _close(state, wire.BAD_MESSAGE, "frame_too_short", text)
        if gaps < 0:
            return _close(state, wire.TOO_FAST, "too_many_gaps", "Too many gaps in a short time.")
    effects = _kept(state, start, pcm, count, width)
    return SocketState(
        role=state.role,
        microphones=state.microphones,
        opened_at=state.opened_at,
        heard_at=now,
        phase="open",
        channels=channels,
        next_sample=max(state.next_sample, start + count),
        origin=origin,
        paused=state.paused,
        leads=state.leads,
        audio_s=allowance,
        frames_s=frames_s,
        gaps=gaps,
        texts=min(TEXT_BURST, state.texts + passed * TEXT_PER_S),
        filled_at=now,
    ), effects


def _filled(rules: Rules, state: SocketState, now: float, **changed: float) -> SocketState:
    """The state with its buckets refilled by the time that has passed; `changed` replaces what was taken from."""
    passed, limit = now - state.filled_at, rules.max_ahead_s + MARGIN_S
    filled = {
        "audio_s": min(limit, state.audio_s + passed),
        "frames_s": min(limit, state.frames_s + passed),
        "gaps": min(GAPS_BURST, state.gaps + passed * GAPS_PER_S),
        "texts": min(TEXT_BURST, state.texts + passed * TEXT_PER_S),
    }
    return replace(state, heard_at=now, filled_at=now, **{**filled, **changed})


def _kept(state: SocketState, start: int, pcm: bytes, count: int, width: int) -> tuple[Effect, ...]:
    """What is new in [start, start + count), with the hole before it, if any."""
    behind = state.next_sample - start
    if behind == 0:
        return (Store(start, pcm),)
    if behind >= count:
        return NOTHING
    if behind > 0:
        return (Store(state.next_sample, pcm[behind * width :]),)
    if state.lost:
        return (Skip(state.next_sample, start, "lost", rebase=True), Store(start, pcm))
    meant = state.resumed or state.paused
    return (Skip(state.next_sample, start, None if meant else "client"), Store(start, pcm))


# ---------------------------------------------------------------- text


def _text_received(rules: Rules, state: SocketState, given: TextReceived, now: float) -> Step:
    texts = min(TEXT_BURST, state.texts + (now - state.filled_at) * TEXT_PER_S) - 1
    if texts < 0:
        return _close(state, wire.TOO_FAST, "too_many_messages", "Too many messages in a short time.")
    state = _filled(rules, state, now, texts=texts)
    message = given.message
    if isinstance(message, wire.Hello):
        return _hello(state, message)
    if state.phase != "open":
        return _close(state, wire.BAD_MESSAGE, "hello_expected", "The first message must be hello.")
    if isinstance(message, wire.Keepalive):
        return state, (Answer(PONG),)
    if isinstance(message, wire.Pause):
        return replace(state, paused=True), NOTHING
    if isinstance(message, wire.Resume):
        return replace(state, paused=False, resumed=state.paused or state.resumed), NOTHING
    return _asked(state, message)


def _asked(state: SocketState, message: wire.AnyClientMessage) -> Step:
    """What only the interviewer may ask for."""
    if state.role != "interviewer":
        return state, (_not_taken("interviewer_only", "Only the interviewer may send this message."),)
    if state.ended:
        return state, (_not_taken("already_ended", "The interview was ended already; nothing more is taken."),)
    if not state.leads and (
        isinstance(message, wire.End) or (isinstance(message, wire.QuestionAction) and message.action == "dismissed")
    ):
        return state, (_not_taken("leader_only", "Only who leads the interview may end it or put a question away."),)
    if isinstance(message, wire.End):
        if message.last_sample < 0:
            return _close(state, wire.BAD_MESSAGE, "bad_message", "last_sample must not be negative.")
        return replace(state, ended=True), (Finish(message.last_sample),)
    if isinstance(message, wire.Note):
        if not message.text.strip() or len(message.text) > MAX_NOTE_CHARS or message.at_ms < 0:
            return state, (_not_taken("bad_note", f"A note has 1 to {MAX_NOTE_CHARS} characters and a time."),)
        return state, (Tell(message),)
    if isinstance(message, wire.Finalize | wire.QuestionAction | wire.SpeakerAssign):
        name = message.source if isinstance(message, wire.SpeakerAssign) else message.id
        if not name or len(name) > MAX_ID_CHARS:
            return state, (_not_taken("bad_id", f"An id has 1 to {MAX_ID_CHARS} characters."),)
        return state, (Tell(message),)
    raise AssertionError(type(message).__name__)


def _not_taken(code: str, message: str) -> Answer:
    return Answer(wire.ErrorMessage(code=code, message=message))


def _hello(state: SocketState, hello: wire.Hello) -> Step:
    if state.phase != "hello":
        return _close(state, wire.BAD_MESSAGE, "hello_twice", "hello is sent once per socket.")
    if hello.v != VERSION:
        return _close(state, wire.BAD_MESSAGE, "unknown_version", f"This server speaks version {VERSION} only.")
    channels = None if hello.audio is None else hello.audio.channels
    if channels is not None and state.microphones == "shared" and state.role == "candidate":
        return _close(
            state, wire.BAD_MESSAGE, "audio_not_expected", "In this session the interviewer's microphone hears both."
        )
    if channels == 2 and state.microphones == "separate":
        return _close(state, wire.BAD_MESSAGE, "one_channel_expected", "In this session each person sends one channel.")
    return replace(state, phase="joining", channels=channels), (RequestJoin(hello),)


def _invalid_received(_rules: Rules, state: SocketState, given: InvalidReceived, _now: float) -> Step:
    return _close(state, wire.BAD_MESSAGE, "bad_message", given.reason)


# ---------------------------------------------------------------- the session's side


def _joined(rules: Rules, state: SocketState, given: Joined, now: float) -> Step:
    return replace(
        state,
        phase="open",
        heard_at=now,
        next_sample=given.next_sample,
        origin=now - given.ahead_s,
        lost=given.lost,
        ended=given.ended,
        leads=given.leads,
        audio_s=rules.max_ahead_s + MARGIN_S,
        frames_s=rules.max_ahead_s + MARGIN_S,
        filled_at=now,
    ), NOTHING


def _lead(_rules: Rules, state: SocketState, given: Lead, _now: float) -> Step:
    return replace(state, leads=given.leads), NOTHING


def _microphone_gone(_rules: Rules, state: SocketState, _given: MicrophoneGone, _now: float) -> Step:
    if state.unheard:
        return state, NOTHING
    told = _not_taken("microphone_taken", "Who leads the interview brought a microphone; yours is no longer heard.")
    return replace(state, unheard=True), (told,)


def _refused_message(_rules: Rules, state: SocketState, given: NotTaken, _now: float) -> Step:
    return state, (Answer(given.error),)


def _refused(_rules: Rules, state: SocketState, given: Refused, _now: float) -> Step:
    return _close(state, given.close_code, given.code, given.message)


def _superseded(_rules: Rules, state: SocketState, _given: Superseded, _now: float) -> Step:
    return _close(state, wire.SUPERSEDED, "superseded", "You connected elsewhere; the newest connection wins.")


def _backlog(_rules: Rules, state: SocketState, given: Backlog, _now: float) -> Step:
    if given.waiting <= MAX_BACKLOG_BYTES:
        return state, NOTHING
    return _close(state, wire.SLOW_CONSUMER, "slow_consumer", "Too much waits to be read; connect again to catch up.")


def _session_over(_rules: Rules, state: SocketState, _given: SessionOver, _now: float) -> Step:
    return _close(state, wire.NORMAL, "ended", "The interview is over.")


def _draining(_rules: Rules, state: SocketState, _given: Draining, _now: float) -> Step:
    return _close(state, wire.DRAINING, "draining", "This server stops; connect again, another one answers.")


def _failed(_rules: Rules, state: SocketState, given: Failed, _now: float) -> Step:
    return _close(state, wire.INTERNAL, given.code, given.message)


def _tick(rules: Rules, state: SocketState, _given: Tick, now: float) -> Step:
    if now < deadline(rules, state):
        return state, NOTHING
    if state.phase == "open":
        return _close(state, wire.IDLE, "idle", f"Nothing was received for {rules.idle_s:.0f} s.")
    return _close(
        state, wire.BAD_MESSAGE, "hello_timeout", f"No hello was received within {rules.hello_timeout_s:.0f} s."
    )


_RULES: dict[type, Callable[[Rules, SocketState, Any, float], Step]] = {
    TextReceived: _text_received,
    AudioReceived: _audio_received,
    InvalidReceived: _invalid_received,
    Joined: _joined,
    Lead: _lead,
    MicrophoneGone: _microphone_gone,
    NotTaken: _refused_message,
    Refused: _refused,
    Superseded: _superseded,
    Backlog: _backlog,
    SessionOver: _session_over,
    Draining: _draining,
    Failed: _failed,
    Tick: _tick,
}
