from __future__ import annotations

import pytest

from include.perception.speech.recognition import Hypothesis, TimedWord
from include.perception.streaming.hypothesis_filter import Voice, echoes, invented, with_sound
from include.perception.streaming.recogniser import token_limit, window_frames

pytestmark = pytest.mark.unit

CLEAR = Voice(2.0, 0.95)


def words(*probabilities: float) -> list[TimedWord]:
    return [TimedWord(f"w{n}", n, n + 1, p) for n, p in enumerate(probabilities)]


def heard(text: str, log_probability: float = -0.2, no_speech: float = 0.02) -> Hypothesis:
    return Hypothesis((1,), text, log_probability, no_speech)


def test_words_of_a_clear_voice_are_shown() -> None:
    assert not invented(heard("저는 프로젝트를 했습니다"), words(0.9, 0.6, 0.8), CLEAR)
    assert not invented(heard("네", no_speech=0.7), words(0.9), CLEAR)


def test_subtitle_phrases_over_doubtful_silence_are_not() -> None:
    assert invented(heard("시청해주셔서 감사합니다", no_speech=0.4), words(0.9, 0.9), CLEAR)
    assert invented(heard("Thanks for watching!", -0.6), words(0.9, 0.9, 0.9), CLEAR)
    assert not invented(heard("감사합니다"), words(0.9), CLEAR)


def test_guesses_are_not() -> None:
    assert invented(heard("so"), words(0.3), CLEAR)
    assert invented(heard("what you are in for"), words(0.35, 0.3, 0.4, 0.3, 0.35), Voice(0.5, 0.5))
    assert invented(heard("words"), [], CLEAR)


def test_a_key_stroke_is_no_voice() -> None:
    assert not Voice.of(bytes([200] * 3 + [20] * 5)).plausible
    assert not Voice.of(bytes([200] * 6 + [20] * 40)).plausible
    assert Voice.of(bytes([200] * 6 + [100] * 4)).plausible


@pytest.mark.parametrize(
    "text",
    [
        "데이터, 테스트, 학습 및 배포. 데이터, 테스트, 학습",
        "모델, 테스트 및 끝점 같은 콘텐츠로 구성됩니다. 테스트 및 끝점",
        "we talked about the plan. About the plan",
        "학습 밑\ufffd",
    ],
)
def test_an_echo_at_the_end_is_noticed(text: str) -> None:
    assert echoes(text)


@pytest.mark.parametrize(
    "text",
    ["", "네", "ask not what your country can do for you, ask what you can do for your country", "yes yes yes yes yes"],
)
def test_ordinary_ends_are_no_echo(text: str) -> None:
    assert not echoes(text)


def test_words_without_sound_are_taken_from_the_end_only() -> None:
    timed = [TimedWord("a", 0.0, 0.0, 0.9), TimedWord("b", 0.0, 0.4, 0.9), TimedWord("c", 0.4, 0.4, 0.9)]
    assert [w.text for w in with_sound(timed)] == ["a", "b"]
    assert with_sound([TimedWord("a", 1.0, 1.0, 0.9)]) == []


def test_windows_are_never_filled_to_the_brim_nor_too_short() -> None:
    for tenths in range(1, 130):
        assert window_frames(tenths / 10) >= max(1_000, tenths * 10 + 150)
    assert token_limit(1.0) < token_limit(10.0) <= 224
