"""The rules of one socket on virtual time."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from include.interview.errors import BadInput
from include.interview.live import wire
from live_gateway.socket import events as i
from live_gateway.socket.protocol import deadline, opened, step

pytestmark = pytest.mark.unit

RULES = i.Rules()
RATE = wire.SAMPLE_RATE
FRAME = bytes(3200)
"""100 ms of one channel."""
HELLO = wire.Hello(v=1, consent_id="c", audio=wire.AudioFormat())


def joined(role: wire.SocketRole = "interviewer", next_sample: int = 0, now: float = 0.0, **more) -> i.SocketState:
    """A socket whose hello was accepted; its sender began when `next_sample` says."""
    state, _ = step(RULES, opened(role, "separate", now), i.TextReceived(HELLO), now)
    state, _ = step(RULES, state, i.Joined(next_sample, next_sample / RATE, **more), now)
    return state


def closing(effects: tuple[i.Effect, ...]) -> tuple[int, str]:
    """Close code and error code of the only effect."""
    (close,) = effects
    assert isinstance(close, i.Close)
    return close.close_code, close.code


def test_hello_must_come_in_time() -> None:
    state = opened("candidate", "separate", 100.0)
    assert deadline(RULES, state) == 110.0
    assert step(RULES, state, i.Tick(), 109.9) == (state, ())
    state, effects = step(RULES, state, i.Tick(), 110.0)
    assert closing(effects) == (wire.BAD_MESSAGE, "hello_timeout")
    assert step(RULES, state, i.Tick(), 999.0) == (state, ())


@pytest.mark.parametrize(
    ("given_input", "code"),
    [
        (i.AudioReceived(wire.frame_of(0, FRAME)), "audio_before_ready"),
        (i.TextReceived(wire.Keepalive()), "hello_expected"),
        (i.TextReceived(wire.End(last_sample=0)), "hello_expected"),
        (i.TextReceived(wire.Hello(v=2, consent_id="c")), "unknown_version"),
        (i.TextReceived(wire.Hello(v=1, consent_id="c", audio=wire.AudioFormat(channels=2))), "one_channel_expected"),
        (i.InvalidReceived("no JSON"), "bad_message"),
    ],
)
def test_what_may_not_come_first(given_input: i.Input, code: str) -> None:
    state, effects = step(RULES, opened("interviewer", "separate", 0), given_input, 1)
    assert closing(effects) == (wire.BAD_MESSAGE, code)
    assert state.phase == "closed"


def test_candidate_sends_no_audio_where_one_microphone_hears_both() -> None:
    _, effects = step(RULES, opened("candidate", "shared", 0), i.TextReceived(HELLO), 1)
    assert closing(effects) == (wire.BAD_MESSAGE, "audio_not_expected")


def test_hello_twice_and_audio_while_joining() -> None:
    state, effects = step(RULES, opened("interviewer", "separate", 0), i.TextReceived(HELLO), 1)
    assert effects == (i.RequestJoin(HELLO),)
    assert closing(step(RULES, state, i.AudioReceived(wire.frame_of(0, FRAME)), 1)[1])[1] == "audio_before_ready"
    assert closing(step(RULES, state, i.TextReceived(HELLO), 1)[1])[1] == "hello_twice"
    assert closing(step(RULES, joined(), i.TextReceived(HELLO), 1)[1])[1] == "hello_twice"


def test_a_refusal_closes_with_its_code() -> None:
    state, _ = step(RULES, opened("interviewer", "separate", 0), i.TextReceived(HELLO), 1)
    _, effects = step(RULES, state, i.Refused(wire.FORBIDDEN, "consent_unknown", "…"), 1)
    assert closing(effects) == (wire.FORBIDDEN, "consent_unknown")


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (bytes(wire.MAX_FRAME_BYTES + 1), (wire.TOO_BIG, "frame_too_large")),
        (wire.frame_of(0, bytes(3)), (wire.BAD_MESSAGE, "frame_odd_length")),
        (wire.frame_of(0, b""), (wire.BAD_MESSAGE, "frame_too_short")),
        (b"", (wire.BAD_MESSAGE, "frame_too_short")),
        (wire.frame_of(2**63, FRAME), (wire.TOO_FAST, "too_far_ahead")),
        (wire.frame_of(2**64 - 1, FRAME), (wire.TOO_FAST, "too_far_ahead")),
        (wire.frame_of(40 * RATE, FRAME), (wire.TOO_FAST, "too_far_ahead")),
    ],
)
def test_frames_that_cannot_be(frame: bytes, expected: tuple[int, str]) -> None:
    assert closing(step(RULES, joined(), i.AudioReceived(frame), 1)[1]) == expected


def test_a_listener_sends_no_audio() -> None:
    state, _ = step(RULES, opened("interviewer", "shared", 0), i.TextReceived(wire.Hello(v=1, consent_id="c")), 0)
    state, _ = step(RULES, state, i.Joined(0, 0), 0)
    assert closing(step(RULES, state, i.AudioReceived(wire.frame_of(0, FRAME)), 1)[1])[1] == "audio_not_announced"


def test_overlaps_are_dropped_and_holes_declared() -> None:
    state = joined(next_sample=1600, now=10)
    state, effects = step(RULES, state, i.AudioReceived(wire.frame_of(0, FRAME)), 10)
    assert effects == ()
    state, effects = step(RULES, state, i.AudioReceived(wire.frame_of(800, b"a" * 1600 + b"b" * 1600)), 10)
    assert effects == (i.Store(1600, b"b" * 1600),)
    assert state.next_sample == 2400
    state, effects = step(RULES, state, i.AudioReceived(wire.frame_of(4000, FRAME)), 10)
    assert effects == (i.Skip(2400, 4000, "client"), i.Store(4000, FRAME))


def test_two_channels_are_cut_at_whole_moments() -> None:
    hello = wire.Hello(v=1, consent_id="c", audio=wire.AudioFormat(channels=2))
    state, _ = step(RULES, opened("interviewer", "shared", 0), i.TextReceived(hello), 0)
    state, _ = step(RULES, state, i.Joined(10, 0), 0)
    _, effects = step(RULES, state, i.AudioReceived(wire.frame_of(8, bytes(range(16)))), 0)
    assert effects == (i.Store(10, bytes(range(8, 16))),)


def test_silence_that_is_meant_is_no_gap() -> None:
    state = joined()
    state, _ = step(RULES, state, i.AudioReceived(wire.frame_of(0, FRAME)), 1)
    state, _ = step(RULES, state, i.TextReceived(wire.Pause()), 1)
    state, _ = step(RULES, state, i.TextReceived(wire.Resume()), 21)
    state, effects = step(RULES, state, i.AudioReceived(wire.frame_of(20 * RATE, FRAME)), 21)
    assert effects[0] == i.Skip(1600, 20 * RATE, None)
    state, effects = step(RULES, state, i.AudioReceived(wire.frame_of(21 * RATE, FRAME)), 22)
    assert effects[0] == i.Skip(20 * RATE + 1600, 21 * RATE, "client")


def test_a_lost_stream_is_declared_and_the_clock_set_anew() -> None:
    state = joined(lost=True, now=500)
    state, effects = step(RULES, state, i.AudioReceived(wire.frame_of(470 * RATE, FRAME)), 500)
    assert effects[0] == i.Skip(0, 470 * RATE, "lost", rebase=True)
    _, effects = step(RULES, state, i.AudioReceived(wire.frame_of(470 * RATE + 1600, FRAME)), 500)
    assert effects == (i.Store(470 * RATE + 1600, FRAME),)


def test_a_ring_may_be_replayed_but_not_more() -> None:
    state, sent = joined(next_sample=0, now=0), 0
    while state.phase == "open":
        state, effects = step(RULES, state, i.AudioReceived(wire.frame_of(sent, FRAME)), 0)
        sent += 1600
    assert closing(effects)[0] == wire.TOO_FAST
    assert wire.RING_S < sent / RATE <= wire.RING_S + i.MARGIN_S + 0.2


def test_repeating_the_same_sound_forever_is_too_fast() -> None:
    state = joined(next_sample=100 * RATE, now=200)
    while state.phase == "open":
        state, effects = step(RULES, state, i.AudioReceived(wire.frame_of(0, FRAME)), 200)
    assert closing(effects) == (wire.TOO_FAST, "faster_than_real_time")


def test_pause_and_keepalive_keep_a_socket_open_and_silence_does_not() -> None:
    state = joined(now=0)
    for now in range(50, 500, 50):
        state, effects = step(RULES, state, i.TextReceived(wire.Keepalive()), now)
        assert effects == (i.Answer(wire.Pong()),)
        assert step(RULES, state, i.Tick(), now)[1] == ()
    assert closing(step(RULES, state, i.Tick(), 510)[1]) == (wire.IDLE, "idle")


def test_too_many_messages() -> None:
    state = joined()
    while state.phase == "open":
        state, effects = step(RULES, state, i.TextReceived(wire.Keepalive()), 0)
    assert closing(effects) == (wire.TOO_FAST, "too_many_messages")


def test_end_twice_is_answered_politely() -> None:
    state, effects = step(RULES, joined(), i.TextReceived(wire.End(last_sample=5)), 1)
    assert effects == (i.Finish(5),)
    assert step(RULES, state, i.AudioReceived(wire.frame_of(0, FRAME)), 1)[1] == ()
    state, effects = step(RULES, state, i.TextReceived(wire.End(last_sample=5)), 1)
    (answer,) = effects
    assert isinstance(answer, i.Answer)
    assert answer.message.code == "already_ended"
    assert closing(step(RULES, state, i.SessionOver(), 2)[1]) == (wire.NORMAL, "ended")


@pytest.mark.parametrize(
    "message",
    [
        wire.End(last_sample=0),
        wire.Note(text="n", at_ms=1),
        wire.Finalize(id="f"),
        wire.QuestionAction(id="q", action="used"),
        wire.SpeakerAssign(source="c1"),
    ],
)
def test_the_candidate_may_not_steer(message: wire.AnyClientMessage) -> None:
    state = joined("candidate")
    after, effects = step(RULES, state, i.TextReceived(message), 1)
    (answer,) = effects
    assert isinstance(answer, i.Answer)
    assert answer.message.code == "interviewer_only"
    assert after.phase == "open"


@pytest.mark.parametrize("text", ["", "  ", "x" * 4001])
def test_notes_that_are_none(text: str) -> None:
    state, effects = step(RULES, joined(), i.TextReceived(wire.Note(text=text, at_ms=1)), 1)
    assert isinstance(effects[0], i.Answer)
    assert state.phase == "open"


def test_the_newest_socket_wins_slow_readers_and_drain() -> None:
    assert closing(step(RULES, joined(), i.Superseded(), 1)[1]) == (wire.SUPERSEDED, "superseded")
    assert step(RULES, joined(), i.Backlog(i.MAX_BACKLOG_BYTES), 1)[1] == ()
    assert closing(step(RULES, joined(), i.Backlog(i.MAX_BACKLOG_BYTES + 1), 1)[1])[0] == wire.SLOW_CONSUMER
    assert closing(step(RULES, joined(), i.Draining(), 1)[1]) == (wire.DRAINING, "draining")
    assert closing(step(RULES, joined(), i.Failed("stream_lost", "…"), 1)[1]) == (wire.INTERNAL, "stream_lost")


@pytest.mark.parametrize("message", [wire.End(last_sample=0), wire.QuestionAction(id="q", action="dismissed")])
def test_only_who_leads_the_panel_ends_and_puts_away(message: wire.AnyClientMessage) -> None:
    follower = joined(leads=False)
    after, effects = step(RULES, follower, i.TextReceived(message), 1)
    (answer,) = effects
    assert isinstance(answer, i.Answer)
    assert answer.message.code == "leader_only"
    assert (after.phase, after.ended) == ("open", False)
    leader, _ = step(RULES, after, i.Lead(True), 2)
    _, effects = step(RULES, leader, i.TextReceived(message), 2)
    assert isinstance(effects[0], i.Finish | i.Tell)


@pytest.mark.parametrize(
    "message",
    [
        wire.Note(text="n", at_ms=1),
        wire.Finalize(id="f"),
        wire.QuestionAction(id="q", action="used"),
        wire.SpeakerAssign(source="c1"),
    ],
)
def test_everybody_on_the_panel_notes_corrects_and_says_what_was_asked(message: wire.AnyClientMessage) -> None:
    assert step(RULES, joined(leads=False), i.TextReceived(message), 1)[1] == (i.Tell(message),)


def test_a_microphone_that_was_taken_over_is_said_once_and_left_out() -> None:
    state, effects = step(RULES, joined(), i.MicrophoneGone(), 1)
    (answer,) = effects
    assert isinstance(answer, i.Answer)
    assert (answer.message.code, answer.message.close_code) == ("microphone_taken", None)
    assert step(RULES, state, i.MicrophoneGone(), 1)[1] == ()
    assert step(RULES, state, i.AudioReceived(wire.frame_of(0, FRAME)), 2)[1] == ()
    assert state.phase == "open"


def test_who_is_taken_off_the_panel_is_closed_for_good() -> None:
    _, effects = step(RULES, joined(leads=False), i.Refused(wire.FORBIDDEN, "removed", "…"), 1)
    assert closing(effects) == (wire.FORBIDDEN, "removed")
    assert wire.FORBIDDEN not in wire.RECONNECT_CODES


# ---------------------------------------------------------------- whatever a client does


class Client(RuleBasedStateMachine):
    """A client that sends anything, in any order, at any time: the kept sound is always one clock without holes."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.state = opened("interviewer", "separate", 0.0)
        self.kept = 0
        self.declared = 0
        self.opened_at = 0.0

    def _give(self, given_input: i.Input) -> None:
        before = self.state
        self.state, effects = step(RULES, before, given_input, self.now)
        assert before.phase != "closed" or not effects
        for effect in effects:
            if isinstance(effect, i.Skip):
                assert effect.start_sample == self.kept < effect.end_sample
                self.kept = effect.end_sample
            if isinstance(effect, i.Store):
                assert effect.start_sample == self.kept
                assert len(effect.pcm) % 2 == 0
                self.kept += len(effect.pcm) // 2
            if isinstance(effect, i.Close):
                assert effect is effects[-1]
                assert self.state.phase == "closed"

    @rule(seconds=st.floats(0, 20))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        self._give(i.Tick())

    @precondition(lambda self: self.state.phase == "hello")
    @rule()
    def hello(self) -> None:
        self._give(i.TextReceived(HELLO))

    @precondition(lambda self: self.state.phase == "joining")
    @rule(lost=st.booleans())
    def lets_in(self, lost: bool) -> None:
        self.opened_at = self.now
        self._give(i.Joined(self.kept, self.kept / RATE, lost=lost))

    @rule(offset=st.integers(-5000, 5000), count=st.integers(0, 4000), odd=st.booleans())
    def audio(self, offset: int, count: int, odd: bool) -> None:
        self._give(i.AudioReceived(wire.frame_of(max(0, self.kept + offset), bytes(2 * count + odd))))

    @rule(frame=st.binary(max_size=64))
    def noise(self, frame: bytes) -> None:
        self._give(i.AudioReceived(frame))

    @rule(message=st.sampled_from([wire.Keepalive(), wire.Pause(), wire.Resume(), wire.Finalize(id="f"), HELLO]))
    def says(self, message: wire.AnyClientMessage) -> None:
        self._give(i.TextReceived(message))

    @rule()
    def ends(self) -> None:
        before = self.state
        self._give(i.TextReceived(wire.End(last_sample=self.kept)))
        assert before.leads or self.state.ended == before.ended, "only who leads ends it"

    @precondition(lambda self: self.state.phase == "open")
    @rule(leads=st.booleans())
    def the_lead_changes(self, leads: bool) -> None:
        self._give(i.Lead(leads))
        assert self.state.leads == leads

    @invariant()
    def the_clock_is_kept(self) -> None:
        if self.state.phase == "open":
            assert self.state.next_sample == self.kept
            assert self.state.audio_s <= RULES.max_ahead_s + i.MARGIN_S


TestClient = Client.TestCase
TestClient.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_no_text_breaks_the_decoder(data: bytes) -> None:
    """Anything decodes to a message or is bad input, and nothing else is raised."""
    with contextlib.suppress(BadInput):
        assert isinstance(wire.decode_client(data), wire.ClientMessage)


def test_deep_and_long_json_is_bad_input() -> None:
    for text in ("[" * 10_000, '{"type":' * 2_000, '{"type":"note","text":"' + "x" * 20_000 + '","at_ms":1}'):
        with pytest.raises(BadInput) as caught:
            wire.decode_client(text)
        assert caught.value.code == "bad_message"
