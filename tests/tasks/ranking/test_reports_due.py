"""When the report of a ranking is due again: whenever something that it shows changed, and never otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec
import pytest

from include.interview.applications import Decision
from include.interview.contests import Objection
from include.interview.fairness.records import Person, Sample
from include.statistics.fairness import fairness_report
from include.storage import Stores
from tasks.ranking.flow import night_batches, rank_openings
from tasks.ranking.stored_reports import openings_to_report
from tests.support.ranked_applications import OPENING, Applicant, add_insights, all_stages, apply, hold_session, rate

pytestmark = pytest.mark.slow
FILES = {"named/ranking.csv": b"rows"}
OBJECTION = Objection(("other",), "It was not me.", "en")
BESIDE = msgspec.structs.replace(OPENING, id="beside")


def in_turn(stores: Stores, one: Applicant, raters: list[str]) -> Mapping[str, Callable[[], object]]:
    """What is shown beside a snapshot, by name -> an act that changes it."""
    people = [Person(("female",), True, 0.9), Person(("male",), False, 0.2)]
    figures = fairness_report(Sample(("sex",), tuple(people * 6)))
    person = stores.acting_as("hr:1")
    begun = Decision("in_process", "stage_begins", "Invited to the first stage.")

    def insights() -> None:
        add_insights(stores, one, {"석 달 만에 끝냈습니다.": "strength"}, ())

    return {
        "the opening": lambda: stores.openings.put(msgspec.structs.replace(OPENING, places=1)),
        "a fairness warning": lambda: stores.fairness_reports.publish(OPENING.id, "ai/recognition", figures),
        "a decision": lambda: person.decisions.record(one.application, begun),
        "insights": insights,
        "an approval": lambda: stores.insights.approve(one.interviews["executive"], "i0"),
        "a rating": lambda: rate(stores, one, raters[0], 3),
        "a session's state": lambda: stores.live_sessions.set_state(one.interviews["executive"], "handed_over"),
        "who sits on a panel": lambda: stores.panels.remove(one.interviews["executive"], raters[1]),
        "an interview's status": lambda: stores.interviews.set_status(one.interviews["ai"], "review"),
        "a contest": lambda: stores.contests.open(one.interviews["practical"], one.candidate, OBJECTION),
        "its withdrawal": lambda: stores.contests.withdraw(one.interviews["practical"], one.candidate),
        "another applicant": lambda: apply(stores, "B", {"ai": 3.0}),
    }


def test_whatever_is_shown_beside_the_snapshot_makes_the_report_due_again(stores: Stores) -> None:
    one = apply(stores, "A", all_stages(3.0))
    apply(stores, "Else", all_stages(3.0), opening=BESIDE)
    raters = hold_session(stores, one)
    rank_openings(stores, [OPENING.id, BESIDE.id])
    kept = stores.ranking_reports
    for opening in (OPENING.id, BESIDE.id):
        assert kept.put(kept.source(opening), FILES) == "stored"
    assert kept.due() == ()
    for name, act in in_turn(stores, one, raters).items():
        before = kept.source(OPENING.id)
        act()
        assert kept.due() == (OPENING.id,), name
        # Made from what was so a moment ago it is stored, and the next one stays due: it is never put off for ever.
        assert kept.put(before, FILES) == "stored", name
        assert kept.due() == (OPENING.id,), name
        assert kept.put(kept.source(OPENING.id), FILES) == "stored", name
        assert kept.due() == (), name


def test_a_night_without_a_change_of_any_ranking_tells_the_reports_all_the_same(local_stores: Stores) -> None:
    apply(local_stores, "A", all_stages(3.0))
    assert night_batches(local_stores) == ((OPENING.id,),)
    rank_openings(local_stores, [OPENING.id])
    assert night_batches(local_stores) == ((),)
    assert rank_openings(local_stores, ()) == ()
    assert openings_to_report(local_stores) == [[OPENING.id]]
