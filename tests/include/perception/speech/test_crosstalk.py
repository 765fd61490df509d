"""Two microphones that hear both people: whose a word is, told by levels of sound made from numbers."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from include.interview.records import Interval, Transcript, Word
from include.perception.speech import Waveform
from include.perception.speech.crosstalk import HeardTrack, usual_differences, without_crosstalk
from include.perception.speech.transcription import SpeechResult
from include.perception.speech.utterances import SpokenWord, utterances
from tests.support.channel_sounds import RATE, later, noise, voice

pytestmark = pytest.mark.unit

ASKED = ["what", "did", "you", "do", "in", "your", "last", "project", "and", "why", "was", "it", "hard"]
TOLD = ["we", "moved", "the", "old", "service", "to", "new", "machines", "without", "a", "minute", "of", "rest"]
WORD_S = 0.4
TURN_S = len(ASKED) * WORD_S + 1.0


def spoken(texts: list[str], start_s: float, *, probability: float = 0.9) -> list[Word]:
    return [Word(text, start_s + n * WORD_S, start_s + (n + 0.9) * WORD_S, probability) for n, text in enumerate(texts)]


def heard(words: list[Word]) -> SpeechResult:
    said = utterances([SpokenWord(w, "S1", "en") for w in words], lambda _: "candidate")
    speech = tuple(Interval(u.start_s or 0.0, u.end_s or 0.0, "speech", 0.9) for u in said)
    transcript = Transcript("speech", "en", 0.99, said, 2 * TURN_S, 1.0, 1.0, 0.9, "e")
    return SpeechResult(transcript, 1, speech)


def tracks(
    crosstalk_db: float, delay_s: float, *, gain_db: float = 0.0, offset_s: float = 0.0, doubled: bool = True
) -> dict[str, HeardTrack]:
    """One asks, then the other tells; each microphone hears the other `crosstalk_db` lower and `delay_s` later.

    Both tracks' recogniser hears everything (`doubled`), or each its own person only. `gain_db`: of the candidate's
    microphone. `offset_s`: where the candidate's track begins.
    """
    n = round(2 * TURN_S * RATE)
    asks, tells = voice(2 * TURN_S, 1), voice(2 * TURN_S, 2)
    asks[round((TURN_S - 0.6) * RATE) :] = 0.0
    tells[: round((TURN_S + 0.2) * RATE)] = 0.0
    k, delay, gain = 10 ** (crosstalk_db / 20), round(delay_s * RATE), 10 ** (gain_db / 20)
    first = asks + k * later(tells, delay) + noise(n, 3.0, 5)
    second = gain * (tells + k * later(asks, delay)) + noise(n, 3.0, 6)
    question, answer = spoken(ASKED, 0.2), spoken(TOLD, TURN_S + 0.4)
    one = [*question, *(answer if doubled else [])]
    other = [*(question if doubled else []), *answer]
    cut = round(offset_s * RATE)
    other = [
        msgspec.structs.replace(w, start_s=w.start_s - offset_s, end_s=w.end_s - offset_s)
        for w in other
        if w.start_s >= offset_s
    ]
    sounds = [Waveform(np.clip(s, -32768, 32767).astype("<i2")) for s in (first, second[cut:])]
    return {
        "interviewer": HeardTrack(heard(one), sounds[0], 0.0),
        "candidate": HeardTrack(heard(other), sounds[1], offset_s),
    }


def words_of(result: SpeechResult) -> list[str]:
    return [w.text for u in result.transcript.utterances for w in u.words]


@pytest.mark.parametrize("crosstalk_db", [-6.0, -12.0, -18.0, -24.0, -30.0])
@pytest.mark.parametrize("delay_s", [0.0, 0.012, 0.03])
def test_every_word_is_once_and_with_whom_it_was_said(crosstalk_db: float, delay_s: float) -> None:
    found = without_crosstalk(tracks(crosstalk_db, delay_s))
    assert words_of(found["interviewer"]) == ASKED
    assert words_of(found["candidate"]) == TOLD
    for result in found.values():
        assert [f.code for f in result.transcript.flags] == ["crosstalk"]
        assert result.transcript.coverage == pytest.approx(1.0, abs=0.1), (
            "the other's speech is not speech without words"
        )


@pytest.mark.parametrize("gain_db", [-20.0, -9.0, 9.0])
def test_a_microphone_that_is_turned_down_is_still_its_own_persons(gain_db: float) -> None:
    found = without_crosstalk(tracks(-12.0, 0.01, gain_db=gain_db))
    assert (words_of(found["interviewer"]), words_of(found["candidate"])) == (ASKED, TOLD)


def test_a_track_that_begins_later_is_compared_at_the_sessions_time() -> None:
    found = without_crosstalk(tracks(-12.0, 0.01, offset_s=2.0))
    assert (words_of(found["interviewer"]), words_of(found["candidate"])) == (ASKED, TOLD)
    first = found["candidate"].transcript.utterances[0]
    assert first.start_s == pytest.approx(TURN_S + 0.4 - 2.0)


def test_tracks_without_crosstalk_stay_as_they_are() -> None:
    given = tracks(-60.0, 0.0, doubled=False)
    assert without_crosstalk(given) == {name: track.result for name, track in given.items()}


def test_words_heard_on_the_wrong_track_only_go_to_the_right_one() -> None:
    given = tracks(-12.0, 0.0)
    silent = HeardTrack(heard(spoken(TOLD[:6], TURN_S + 0.4)), given["candidate"].waveform, 0.0)
    found = without_crosstalk(given | {"candidate": silent})
    assert words_of(found["candidate"]) == TOLD
    assert words_of(found["interviewer"]) == ASKED


def test_where_levels_do_not_tell_both_stay_and_the_card_says_so() -> None:
    found = without_crosstalk(tracks(-1.0, 0.01))
    assert words_of(found["candidate"]) == [*ASKED, *TOLD]
    assert {f.code for r in found.values() for f in r.transcript.flags} == {"crosstalk_unclear"}


def test_one_track_and_three_are_left_alone() -> None:
    given = tracks(-12.0, 0.0)
    assert without_crosstalk({"room": given["candidate"]}) == {"room": given["candidate"].result}


def test_two_usual_differences() -> None:
    assert usual_differences([-11.0, -12.0, -13.0, 9.0, 10.0, 11.0]) == (pytest.approx(-12.0), pytest.approx(10.0))
    assert usual_differences([3.0] * 5) == (3.0, 3.0)
