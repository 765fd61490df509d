"""Disfluencies as transcribers write them, elaboration, and the standard error: small parts against hand counts."""

from __future__ import annotations

import math

import pytest

from include.interview.records import Utterance
from include.judgement.cleaning import pieces
from include.judgement.components import ANSWER_WORDS, grow
from include.judgement.offline import ANSWER_SPREAD, jackknife_sem, moderated_sem
from include.judgement.tokens import english_words


def _fillers(text: str) -> int:
    return sum(p.fillers for p in pieces(Utterance("u1", "A", "candidate", text), "en"))


@pytest.mark.unit
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ummm so I studied uhhh biology hmmm for a year.", 3),
        ("We met (um) every week [laughter] and [uh] planned.", 2),
        ("Um- I studied biology and uh-- chemistry.", 2),
        ("I'm like a junior and we had like a meeting.", 2),
        ("There were like five people in like a lab.", 2),
        ("Like we would meet every week because like nobody knew.", 2),
        ("You know, I mean, it worked.", 2),
        ("I like sports and I would like to work with companies like yours.", 0),
        ("People like my sister look like they like teaching.", 0),
        ("Like I said, the aluminium hummed and the umbrella broke.", 0),
    ],
)
def test_fillers_are_counted_as_a_listener_would(text: str, expected: int) -> None:
    assert _fillers(text) == expected


@pytest.mark.unit
def test_a_hesitation_in_brackets_leaves_no_trace_in_the_content() -> None:
    (piece,) = pieces(Utterance("u1", "A", "candidate", "We met (um) every week [laughter] and planned."), "en")
    assert piece.clean == "We met every week and planned."


@pytest.mark.unit
def test_a_small_word_with_a_capital_inside_a_sentence_names_nothing() -> None:
    assert english_words("and then The people met So it began").named == 0
    assert english_words("and then Google met Boston people").named == 2


@pytest.mark.unit
def test_elaboration_gains_the_same_by_every_doubling_up_to_its_end() -> None:
    low, high = ANSWER_WORDS
    gains = [grow(2 * n, ANSWER_WORDS) - grow(n, ANSWER_WORDS) for n in (low, 10.0, 20.0, 40.0)]
    assert gains == pytest.approx([gains[0]] * 4)
    assert grow(low / 2, ANSWER_WORDS) == grow(0.0, ANSWER_WORDS) == 0.0
    assert grow(high, ANSWER_WORDS) == grow(3 * high, ANSWER_WORDS) == 1.0


@pytest.mark.unit
def test_the_standard_error_of_few_answers_is_neither_nothing_nor_absurd() -> None:
    assert moderated_sem([3.0]) is None
    agreeing, torn = moderated_sem([3.0, 3.0]), moderated_sem([2.0, 4.0])
    assert jackknife_sem([2.0, 4.0]) == pytest.approx(1.0)
    # (4 * 0.64 / 2 + 1 * jackknife^2) / (4 + 1), by hand for a jackknife of 0 and of 1
    assert agreeing == pytest.approx(math.sqrt(1.28 / 5))
    assert torn == pytest.approx(math.sqrt((1.28 + 1.0) / 5))
    assert ANSWER_SPREAD == 0.8


@pytest.mark.unit
def test_with_many_answers_the_jackknife_decides() -> None:
    levels = [3.0 + 0.02 * (i % 2) for i in range(200)]
    found, plain = moderated_sem(levels), jackknife_sem(levels)
    assert found is not None
    assert plain is not None
    assert found == pytest.approx(plain, rel=0.05)
