"""`./triview contests list|show|answer` on an installation of the test's own."""

from __future__ import annotations

import getpass
from pathlib import Path

import pytest

from cli.session import local_stores
from include.interview.contests import Objection
from tests.support.ranked_applications import apply

pytestmark = pytest.mark.slow
WORDS = "[bold]둘째[/] 답변을 다시 들어 주세요."


def test_a_contest_is_listed_shown_and_answered_once(triview, home: Path) -> None:
    with local_stores() as (stores, _):
        one = apply(stores, "A", {"ai": 3.0})
        contest = stores.contests.open(one.interviews["ai"], one.candidate, Objection(("words_misheard",), WORDS, "ko"))
    identity = contest.standing.id
    (listed,) = triview("contests", "list", "--json").json["contests"]
    assert (listed["contest"]["id"], listed["contest"]["state"], listed["days_left"]) == (identity, "open", 30)
    assert WORDS not in triview("contests", "list").out
    assert triview("contests", "list", "--state", "answered", "--json").json == {"contests": []}
    assert "".join(WORDS.split()) in "".join(triview("contests", "show", identity).out.split())
    upheld = ("contests", "answer", identity, "--outcome", "upheld", "--text", "다시 들었습니다.")
    for wrong, sentence in (
        (upheld, "no evidence of it was opened"),
        ((*upheld, "--evidence", "charm"), "not judged by"),
        (("contests", "answer", identity, "--outcome", "sorry", "--text", "x"), "--outcome"),
        (("contests", "list", "--state", "new"), "--state"),
    ):
        refused = triview(*wrong)
        assert (refused.code, sentence in refused.err) == (2, True), wrong
    answered = triview(*upheld, "--evidence", "language", "--json").json
    assert answered["answer"] == "다시 들었습니다."
    assert answered["standing"]["answered_by"] == f"cli:{getpass.getuser()}"
    again = triview(*upheld, "--evidence", "language")
    assert (again.code, "was answered already" in again.err) == (2, True)
    assert triview("contests", "show", "nothing").code == 2
    shown = triview("contests", "show", identity, "--json").json
    assert (shown["words"], shown["standing"]["outcome"]) == (WORDS, "upheld")
