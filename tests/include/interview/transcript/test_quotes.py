"""A quote is found when it was said, and only then."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.interview.records import Transcript
from include.interview.transcript.quotes import find_quote
from tests.support.record_builders import spoken, utterance

pytestmark = pytest.mark.unit

SAID = "I didn’t lead — I  helped the Team.\nWe reached 95% in three months."
KO = "저는 프로젝트를 맡아 고객의 불편을 해결했습니다."


def transcript(*utterances):
    return Transcript("speech", "en", 0.9, utterances)


ONE = transcript(
    utterance("u0001", "interviewer", "Did you lead the team?"),
    utterance("u0002", "candidate", SAID, 10.0, 20.0),
    utterance("u0003", "candidate", KO, 20.0, 25.0),
    utterance("u0004", "unknown", "background talk"),
)


@pytest.mark.parametrize(
    ("id_", "asked", "found"),
    [
        ("u0002", "helped the team", "helped the Team"),
        ("u0002", "I didn't lead - I helped", "I didn’t lead — I  helped"),
        ("u0002", "  the team. we REACHED ", "the Team.\nWe reached"),
        ("u0003", "프로젝트를 맡아", "프로젝트를 맡아"),
        ("u0003", "고객의 불편", "고객의 불편"),
        ("u0003", "프로젝트", "프로젝트"),
        ("u0003", unicodedata.normalize("NFD", "해결했습니다"), "해결했습니다"),
    ],
)
def test_equal_up_to_space_case_composition_and_typography(id_, asked, found):
    quote = find_quote(ONE, id_, asked)
    assert quote.text == found
    assert quote.utterance_id == id_


@pytest.mark.parametrize(
    ("id_", "asked"),
    [
        ("u0002", "I led the team"),  # invented
        ("u0002", "helped Team"),  # a word left out
        ("u0002", "each"),  # inside "reached"
        ("u0002", "5%"),  # inside "95%"
        ("u0002", ""),
        ("u0002", "  "),
        ("u0002", "고객의 불편"),  # said in another utterance
        ("u0001", "lead the team"),  # said by the interviewer
        ("u0004", "background talk"),  # said by nobody we know
        ("u9999", "helped the team"),
    ],
)
def test_what_the_candidate_did_not_say_there_is_not_found(id_, asked):
    assert find_quote(ONE, id_, asked) is None


def test_other_speakers_are_found_only_when_asked_for():
    assert find_quote(ONE, "u0001", "lead the team", candidate_only=False).text == "lead the team"


def test_times_come_from_the_words():
    text = "well I found the cause and fixed it"
    timed = transcript(utterance("u1", "candidate", text, 5.0, 9.0, spoken(text, start_s=5.0, word_s=0.5)))
    quote = find_quote(timed, "u1", "the cause")
    assert (quote.start_s, quote.end_s) == (6.5, 7.5)  # words 3 and 4, half a second each, from 5 s
    whole = find_quote(timed, "u1", text)
    assert (whole.start_s, whole.end_s) == (5.0, 9.0)


def test_times_fall_back_to_the_utterance_when_words_do_not_spell_it():
    timed = transcript(utterance("u1", "candidate", "I found the cause", 5.0, 9.0, spoken("something else")))
    quote = find_quote(timed, "u1", "the cause")
    assert (quote.start_s, quote.end_s) == (5.0, 9.0)
    typed = transcript(utterance("u1", "candidate", "I found the cause"))
    assert find_quote(typed, "u1", "the cause").start_s is None


@given(st.lists(st.sampled_from(["Alpha", "beta", "감마를", "델타", "it’s", "X-1"]), min_size=1, max_size=8), st.data())
def test_any_run_of_words_is_found_with_its_times(said, data):
    text = " ".join(said)
    timed = transcript(utterance("u1", "candidate", text, 0.0, len(said) * 1.0, spoken(text, word_s=1.0)))
    first = data.draw(st.integers(0, len(said) - 1))
    last = data.draw(st.integers(first, len(said) - 1))
    quote = find_quote(timed, "u1", "  ".join(said[first : last + 1]).upper())
    assert quote is not None
    run = [w.upper() for w in said[first : last + 1]]
    starts = [i for i in range(len(said)) if [w.upper() for w in said[i : i + len(run)]] == run]
    assert (quote.start_s, quote.end_s) == (float(starts[0]), float(starts[0] + len(run)))
