"""What may be said of past answers: numbers of five people and more, and nothing that points at one of them."""

from __future__ import annotations

import msgspec
import pytest

from include.interview.answer_index.aggregate import LEAST_PEOPLE, detail_of, summarise
from include.interview.answer_index.records import (
    AnswerKey,
    EpisodePart,
    FoundAnswer,
    IndexedAnswer,
    SimilarAnswers,
)

pytestmark = pytest.mark.unit
MARKER = "Quagmirefield"


def found(person: int, missing: tuple[EpisodePart, ...] | None = ("result",), answer: str = "u1") -> FoundAnswer:
    kept = IndexedAnswer(answer, "en", "Why?", f"{MARKER} {person}", ("experience",), {"experience": "low"}, missing)
    return FoundAnswer(AnswerKey(f"i{person}", answer), f"c{person}", "executive", 0.8, kept)


def said(*answers: FoundAnswer, at_least: bool = False) -> SimilarAnswers:
    return summarise(answers, opening_id="o", criterion=None, least_similarity=0.5, at_least=at_least)


def test_fourteen_answers_usually_without_a_result() -> None:
    summary = said(*(found(n, ("result",) if n < 9 else ()) for n in range(14)))
    assert (summary.answers, summary.people, summary.usually_missing) == (14, 14, ("result",))
    counts = {m.part: m.count for m in summary.missing}
    assert counts == {"situation": 0, "task": 0, "action": 0, "result": 9}


def test_fewer_than_five_people_are_not_counted() -> None:
    one_person = said(*(found(1, answer=f"u{n}") for n in range(20)))
    four = said(*(found(n) for n in range(LEAST_PEOPLE - 1)))
    assert one_person == four
    assert (four.suppressed, four.answers, four.people, four.missing, four.usually_missing) == (
        True, None, None, (), (),
    )  # fmt: skip
    assert said(*(found(n) for n in range(LEAST_PEOPLE))).people == 5


def test_a_number_or_its_rest_that_belongs_to_few_is_left_out() -> None:
    few = said(*(found(n, ("result",) if n < 3 else ()) for n in range(14)))
    rest = said(*(found(n, ("result",) if n < 12 else ()) for n in range(14)))
    assert {m.part: m.count for m in few.missing}["result"] is None
    assert {m.part: m.count for m in rest.missing}["result"] is None
    assert (few.usually_missing, rest.usually_missing) == ((), ("result",))


def test_answers_that_cannot_be_read_so_are_no_lack() -> None:
    summary = said(*(found(n, None) for n in range(8)), *(found(n) for n in range(8, 11)))
    assert (summary.answers, summary.judged, summary.missing) == (11, None, ())


def test_nothing_of_anybody_is_in_the_summary() -> None:
    summary = said(*(found(n) for n in range(9)), at_least=True)
    text = msgspec.json.encode(summary).decode()
    assert summary.at_least
    assert summary.details is None
    assert all(word not in text for word in (MARKER, "low", '"i1"', '"c1"', "u1"))
    assert detail_of(found(1)).text == f"{MARKER} 1"
