"""The tone of words: what is found, what stands under a negation, and what must not be found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from include.interview.records import Answer, Utterance
from include.interview.voice.records import AnswerTone
from include.judgement.tone_of_words import tone_of_words

pytestmark = pytest.mark.unit

SENTENCES: dict[str, Any] = msgspec.yaml.decode((Path(__file__).parent / "tone.yaml").read_bytes())
LANGUAGES = ("ko", "en")


def tone(*texts: str, start_s: float | None = None) -> AnswerTone:
    said = tuple(Utterance(f"u{n}", "S1", "candidate", text, start_s, start_s) for n, text in enumerate(texts))
    (found,) = tone_of_words([Answer(None, None, said)])
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_each_kind_are_found_and_quoted(language: str) -> None:
    for kind, sentences in SENTENCES[language]["hit"].items():
        for sentence in sentences:
            found = tone(sentence)
            assert [(w.kind, w.negated) for w in found.found] == [(kind, False)], sentence
            assert found.counts[kind] == sum(found.counts.values()) == 1
            assert found.found[0].quote.text in sentence
            assert found.found[0].quote.utterance_id == "u0"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_negated_word_counts_for_nothing(language: str) -> None:
    for sentence in SENTENCES[language]["negated"]:
        found = tone(sentence)
        assert [w.negated for w in found.found] == [True], sentence
        assert not any(found.counts.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_near_misses_are_not_found(language: str) -> None:
    sentences = SENTENCES[language]["miss"]
    assert len(sentences) >= 20
    assert {s: [w.quote.text for w in tone(s).found] for s in sentences if tone(s).found} == {}


def test_a_negation_ends_with_its_clause() -> None:
    kinds = {w.kind: w.negated for w in tone("I was not nervous, but excited.").found}
    assert kinds == {"tense": True, "favourable": False}
    assert [w.negated for w in tone("It was not only rewarding.").found] == [False]


def test_each_word_is_quoted_from_its_own_utterance() -> None:
    found = tone("처음에는 걱정이 컸습니다.", "The result was great.", start_s=3.0)
    assert [(w.kind, w.quote.utterance_id, w.quote.text, w.quote.start_s) for w in found.found] == [
        ("tense", "u0", "걱정이", 3.0),
        ("favourable", "u1", "great", 3.0),
    ]


def test_other_languages_are_left_out() -> None:
    assert tone_of_words([Answer(None, None, (Utterance("u0", "S1", "candidate", "とても良かったです"),))]) == ()
