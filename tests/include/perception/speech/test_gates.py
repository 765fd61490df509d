from __future__ import annotations

import zlib

import pytest

from include.perception.speech import gates
from include.perception.speech.recognition import Hypothesis

pytestmark = pytest.mark.unit


def heard(text: str, logprob: float = -0.2, no_speech: float = 0.01) -> Hypothesis:
    return Hypothesis((1,), text, logprob, no_speech)


def test_compression_ratio_is_that_of_whisper() -> None:
    text = "테스트, " * 30
    data = text.encode()
    assert gates.compression_ratio(text) == len(data) / len(zlib.compress(data))
    assert gates.compression_ratio("") == 0.0


@pytest.mark.parametrize(
    "text",
    [
        "새 프로젝트를 클릭합니다. 새 프로젝트를 클릭합니다.",
        "I was going to I was going to the office",
        "no no no no",
    ],
)
def test_repeats_are_noticed(text: str) -> None:
    assert gates.repeats(text)
    assert gates.suspicious(heard(text), 8.0)


@pytest.mark.parametrize(
    "text", ["very very good work", "네 네 알겠습니다", "ask not what you can do, ask what we can"]
)
def test_ordinary_speech_is_not_a_loop(text: str) -> None:
    assert not gates.repeats(text)
    assert not gates.suspicious(heard(text), 5.0)


def test_guesses_and_impossible_pace_are_not_believed() -> None:
    assert not gates.believable(heard("그럴듯한 문장입니다", logprob=-1.4), 5.0)
    assert not gates.believable(heard("저는 지난 회사에서 다섯 명과 함께 큰 프로젝트를 했습니다"), 1.0)
    assert gates.believable(heard("저는 지난 회사에서 다섯 명과 함께 큰 프로젝트를 했습니다"), 5.0)


def test_words_over_silence_are_dropped() -> None:
    assert gates.silent(heard("Hello", logprob=-1.2, no_speech=0.8))
    assert gates.silent(heard("시청해 주셔서 감사합니다.", logprob=-0.6))
    assert gates.silent(heard("Thank you for watching!", no_speech=0.5))
    assert not gates.silent(heard("Thank you for watching the process so closely", no_speech=0.5))
    assert not gates.silent(heard("Hello, I am here", logprob=-0.3, no_speech=0.2))
