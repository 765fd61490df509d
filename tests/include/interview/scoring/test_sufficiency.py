"""The language gate protects the speaker: what was not understood is not judged."""

from __future__ import annotations

import msgspec
import pytest

from include.interview.assessment.openings import general_opening
from include.interview.assessment.rubric import load_rubric
from include.interview.scoring.sufficiency import (
    keywords_missing,
    not_written,
    required_words,
    values_missing,
    word_gate,
    words_insufficient,
)
from include.interview.transcript.typed import parse_transcript
from tests.support.record_builders import speech, utterance

pytestmark = pytest.mark.unit

TEXT = "I planned the work with my team and then we found the reason together"


def test_clear_speech_passes():
    assert word_gate(speech(TEXT)) is None


@pytest.mark.parametrize(
    ("changes", "code", "share"),
    [
        ({"probability": 0.49}, "low_confidence", 0.49),
        ({"coverage": 0.3}, "low_word_coverage", 0.3),
        ({"language": "es"}, "unsupported_language", None),
        ({"language": "und"}, "unsupported_language", None),
        ({"language_probability": 0.4}, "language_uncertain", 0.4),
    ],
)
def test_each_doubt_has_its_code_and_a_sentence_in_both_languages(changes, code, share):
    reason = word_gate(speech(TEXT, **changes))
    assert reason.code == code
    assert reason.coverage == (None if share is None else pytest.approx(share))
    assert any("가" <= ch <= "힣" for ch in reason.text.ko)
    assert reason.text.en.endswith(".")


def test_only_the_candidates_words_count():
    """A mumbling interviewer does not stop the candidate from being judged."""
    clear = speech(TEXT)
    other = utterance(
        "u0002", "interviewer", "mumble", 9.0, 10.0, speech("mumble " * 50, probability=0.1).utterances[0].words
    )
    both = msgspec.structs.replace(clear, utterances=(*clear.utterances, other), confidence=0.3)
    assert word_gate(both) is None
    assert word_gate(msgspec.structs.replace(clear, utterances=(other,))).code == "no_words"


def test_typed_transcripts_have_no_recogniser_to_doubt():
    typed = parse_transcript(f"Interviewer: Why?\nCandidate: {TEXT}", "t.txt")
    assert word_gate(typed) is None
    foreign = parse_transcript("Q: 何ですか\nA: 私は東京で働いていました", "t.txt")
    assert word_gate(foreign).code == "unsupported_language"


def test_too_few_words_tell_how_many_are_needed():
    criterion = load_rubric("ai", "1").criterion("language")
    reason = words_insufficient(criterion, speech(TEXT))
    assert reason.code == "too_few_words"
    assert reason.coverage == pytest.approx(14 / 30)
    assert "14 words" in reason.text.en
    assert "30" in reason.text.en
    assert "14어절" in reason.text.ko
    assert words_insufficient(criterion, speech(f"{TEXT} {TEXT} {TEXT}")) is None
    assert words_insufficient(criterion, speech(TEXT, probability=0.1)).code == "low_confidence"


def test_korean_needs_fewer_words_because_they_carry_more():
    criterion = load_rubric("ai", "1").criterion("language")
    assert required_words(criterion, "en") == 30
    assert required_words(criterion, "ko") == 20
    ko = speech("저는 팀에서 일정을 관리하고 문제의 원인을 찾았습니다 " * 3, language="ko")
    assert words_insufficient(criterion, ko) is None


def test_criteria_that_read_no_words_are_not_gated():
    assert words_insufficient(load_rubric("ai", "1").criterion("nonverbal"), speech("um", probability=0.1)) is None


def test_what_nobody_wrote_down_nobody_is_measured_by():
    rubric, written = load_rubric("executive", "1"), general_opening()
    silent = msgspec.structs.replace(written, values=())
    for criterion in rubric.criteria:
        assert values_missing(criterion, written) is None
        missing = values_missing(criterion, silent)
        assert (missing is not None) == (criterion.id == "culture_fit")
    assert missing.code == "no_values"
    assert "가치" in missing.text.ko
    rubric, bare = load_rubric("practical", "1"), msgspec.structs.replace(written, keywords=())
    for criterion in rubric.criteria:
        assert keywords_missing(criterion, written) is None
        missing = not_written(criterion, bare)
        assert (missing is not None) == (criterion.id == "keyword_match")
        assert missing is None or missing.code == "no_keywords"
