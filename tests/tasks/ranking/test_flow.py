"""The flow on stored cards: gates stop it and yesterday's ranking stays, two runs agree, what changed is told."""

from __future__ import annotations

import threading

import msgspec
import pytest
from sqlalchemy import text

from include.interview.applications import Decision
from include.interview.errors import NotFound, ServiceFailure
from include.interview.ranking.snapshots import changes
from include.interview.records import Bilingual, CriterionScore, Opening, Scorecard
from include.storage import Stores, open_stores
from include.validation import gate
from tasks.ranking import flow
from tasks.ranking.flow import changed_openings, full_stamp, gather, rank_openings, rank_staged

pytestmark = pytest.mark.slow
OPENING = Opening("backend", Bilingual("서버 개발자", "Backend engineer"), Bilingual("결제", "Payments"))
STAGES = ("ai", "practical", "executive")


def publish(stores: Stores, interview: str, stage: str, total: float, sem: float = 2.0, **changed) -> None:
    line = CriterionScore("all", "scored", 100.0, 100.0, score=total / 100, sem=sem / 100, points=total)
    given = {"profile": "standard", "rubric_version": "1", "pipeline_version": "p1", **changed}
    stores.scorecards.publish(Scorecard(interview, stage, "complete", total, sem, (line,), **given))


def applicants(stores: Stores, count: int, opening: Opening = OPENING, stages=STAGES) -> list[tuple[str, list[str]]]:
    """(application, its interviews) of so many people with a published card in every stage."""
    stores.openings.put(opening)
    made = []
    for number in range(count):
        application = stores.applications.ensure(stores.candidates.create(f"Person {number}").id, opening.id)
        interviews = [stores.interviews.create(application, stage, "standard").id for stage in stages]
        for place, (interview, stage) in enumerate(zip(interviews, stages, strict=True)):
            publish(stores, interview, stage, 60.0 + 5 * number + place)
        made.append((application, interviews))
    return made


def run(stores: Stores, opening: str = OPENING.id) -> flow.Outcome:
    (outcome,) = rank_openings(stores, [opening])
    return outcome


def test_a_ranking_is_served_kept_and_explained(stores: Stores) -> None:
    people = applicants(stores, 4)
    alone = stores.applications.ensure(stores.candidates.create("No interview").id, OPENING.id)
    assert changed_openings(stores) == ((OPENING.id,),)
    assert run(stores).result == "swapped"
    assert changed_openings(stores) == ()
    first = stores.rankings.served(OPENING.id)
    assert [one.id for one in first.ranking.candidates] == [application for application, _ in reversed(people)]
    assert [(one.id, one.reason) for one in first.apart] == [(alone, "stage_missing")]
    assert len(first.inputs) == 12
    # The same inputs again are no new snapshot, and give the same numbers to the last digit.
    assert run(stores).result == "unchanged"
    (staged,), _ = gather(stores, [OPENING.id])
    again = rank_staged(staged)
    assert (again.ranking, again.inputs_sha256) == (first.ranking, first.inputs_sha256)
    # A new card moves one and leaves a trace of why.
    publish(stores, people[0][1][0], "ai", 95.0)
    assert run(stores).result == "swapped"
    second = stores.rankings.served(OPENING.id)
    causes = {change.id: change.cause for change in changes(first, second)}
    assert causes[people[0][0]] == "rescored"
    assert set(causes.values()) <= {"rescored", "others"}
    # Erased and withdrawn people leave.
    stores.candidates.destroy_key(next(a.candidate_id for a in stores.applications.list() if a.id == people[1][0]))
    stores.acting_as("hr:1").decisions.record(people[2][0], Decision("withdrawn", "candidate_request", "Phoned"))
    assert run(stores).result == "swapped"
    third = stores.rankings.served(OPENING.id)
    assert {one.id: one.reason for one in third.apart} == {
        alone: "stage_missing", people[1][0]: "erased", people[2][0]: "withdrawn",
    }  # fmt: skip
    assert {c.id: c.cause for c in changes(second, third)}[people[1][0]] == "left"
    heads = stores.rankings.list(OPENING.id)
    assert [head.number for head in heads] == [3, 2, 1]
    assert stores.rankings.get(heads[-1].id) == first
    assert stores.audit.verify().intact


def test_a_gate_stops_and_the_last_ranking_stays(stores: Stores) -> None:
    applicants(stores, 3)
    other = applicants(stores, 2, Opening("other", OPENING.title, OPENING.description))
    rank_openings(stores, [OPENING.id, "other"])
    before = stores.rankings.state(OPENING.id)
    with stores.db.begin() as connection:  # somebody changes totals by hand
        connection.execute(text("UPDATE card_totals SET total = 99 WHERE opening_id = :o"), {"o": OPENING.id})
        connection.execute(
            text("UPDATE card_totals SET updated_at = '2030-01-01' WHERE opening_id = :o"), {"o": "other"}
        )
    publish(stores, other[0][1][0], "ai", 10.0)
    outcomes = {one.opening_id: one for one in rank_openings(stores, [OPENING.id, "other"])}
    assert outcomes[OPENING.id].failures == {"total_equals_recomputed": 9}
    assert outcomes["other"].result == "swapped"  # the fault of one opening is not another's
    state = stores.rankings.state(OPENING.id)
    assert (state.served_id, state.failures) == (before.served_id, {"total_equals_recomputed": 9})
    assert stores.rankings.served(OPENING.id).ranking.candidates
    assert changed_openings(stores) == ((OPENING.id,),)  # the next night looks again


def test_warnings_ship_with_the_snapshot(local_stores: Stores) -> None:
    people = applicants(local_stores, 5)
    run(local_stores)
    for _, interviews in people[:2]:
        publish(local_stores, interviews[0], "ai", 70.0, rubric_version="2")
    for _, interviews in people[2:3]:
        local_stores.interviews.set_status(interviews[1], "review")
    assert run(local_stores).result == "swapped"
    snapshot = local_stores.rankings.served(OPENING.id)
    assert snapshot.warnings["no_cards_of_other_rules"] >= 1
    assert snapshot.warnings["volume_like_last_time"] == 1
    assert {one.reason for one in snapshot.apart} == {"other_rubric", "review_open"}


def test_two_runs_at_once_serve_one_ranking(settings) -> None:
    with open_stores(settings) as stores:
        applicants(stores, 3)
        run(stores)  # the library is loaded before the two start
        publish(stores, stores.interviews.list()[0].id, "ai", 50.0)
        results: list[str] = []
        threads = [threading.Thread(target=lambda: results.append(run(stores).result)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(results) == ["swapped", "unchanged"]
        assert [head.number for head in stores.rankings.list(OPENING.id)] == [2, 1]


def test_openings_that_cannot_be_ranked(local_stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotFound, match="no opening 'nowhere'"):
        run(local_stores, "nowhere")
    local_stores.openings.put(OPENING)
    assert run(local_stores).result == "swapped"  # nobody: an empty ranking is one
    weightless = Opening("zero", OPENING.title, OPENING.description, stage_weights={"ai": 0.0})
    applicants(local_stores, 2, weightless)
    assert run(local_stores, "zero").failures == {"weights": 1}
    only_ai = Opening("one", OPENING.title, OPENING.description, stage_weights={"ai": 1.0})
    applicants(local_stores, 1, only_ai, ("ai",))
    assert run(local_stores, "one").result == "swapped"
    (alone,) = local_stores.rankings.served("one").ranking.candidates
    assert (alone.best, alone.worst, alone.p_top_k) == (1, 1, 1.0)
    # Changed weights make an opening due.
    local_stores.openings.put(Opening("one", OPENING.title, OPENING.description, stage_weights={"ai": 2.0}))
    assert changed_openings(local_stores) == (("one", "zero"),)  # the second was stopped
    # Without its library the gate does not let anything through.
    applicants(local_stores, 1)
    monkeypatch.setitem(__import__("sys").modules, "great_expectations", None)
    with pytest.raises(ServiceFailure, match="could not be loaded"):
        run(local_stores)
    assert gate.LIBRARY == "great_expectations"
    assert local_stores.rankings.served(OPENING.id).ranking.candidates == ()
    assert full_stamp(OPENING, "x").startswith("x#")


def test_chances_are_about_the_places_of_the_opening(local_stores: Stores) -> None:
    applicants(local_stores, 4)
    run(local_stores)
    first = local_stores.rankings.served(OPENING.id).ranking.candidates
    assert sum(one.p_top_k for one in first) == pytest.approx(3, abs=1e-3)
    local_stores.openings.put(msgspec.structs.replace(OPENING, places=1))
    assert changed_openings(local_stores) == ((OPENING.id,),)
    assert run(local_stores).result == "swapped"
    served = local_stores.rankings.served(OPENING.id)
    assert (served.k, served.ranking.k) == (1, 1)
    assert sum(one.p_top_k for one in served.ranking.candidates) == pytest.approx(1, abs=1e-3)


def test_more_places_than_candidates_are_everybodys(local_stores: Stores) -> None:
    applicants(local_stores, 2, msgspec.structs.replace(OPENING, places=9))
    assert run(local_stores).result == "swapped"
    served = local_stores.rankings.served(OPENING.id)
    assert served.k == 9
    assert [(one.p_top_k, one.sensitivity) for one in served.ranking.candidates] == [(1.0, 1.0)] * 2


def test_a_consent_taken_back_takes_the_score_out_and_one_given_anew_brings_it_back(stores: Stores) -> None:
    (first, interviews), (second, _) = applicants(stores, 2)
    candidate = next(a.candidate_id for a in stores.applications.list() if a.id == first)
    everything = stores.consents.grant(candidate, None, ["recording", "ai_evaluation"], "1")
    assert run(stores).result == "swapped"
    stores.consents.withdraw(everything.id)
    assert changed_openings(stores) == ((OPENING.id,),)
    assert run(stores).result == "swapped"
    served = stores.rankings.served(OPENING.id)
    assert [one.id for one in served.ranking.candidates] == [second]
    assert [(one.id, one.reason, one.stage) for one in served.apart] == [(first, "consent_withdrawn", "ai")]
    stores.consents.grant(candidate, interviews[0], ["ai_evaluation"], "1")
    run(stores)
    assert stores.rankings.served(OPENING.id).apart[0].stage == "practical", "one interview's consent is not another's"
    stores.consents.grant(candidate, None, ["ai_evaluation"], "1")
    assert changed_openings(stores) == ((OPENING.id,),)
    run(stores)
    assert len(stores.rankings.served(OPENING.id).ranking.candidates) == 2


@pytest.mark.parametrize("leaves", ["erased", "withdrawn"])
def test_the_last_one_ranked_leaves_and_is_served_no_more(stores: Stores, leaves: str) -> None:
    ((application, _),) = applicants(stores, 1)
    assert run(stores).result == "swapped"
    if leaves == "erased":
        stores.candidates.destroy_key(next(a.candidate_id for a in stores.applications.list() if a.id == application))
    else:
        stores.acting_as("hr:1").decisions.record(application, Decision("withdrawn", "candidate_request", "Phoned"))
    assert run(stores).result == "swapped"
    served = stores.rankings.served(OPENING.id)
    assert served.ranking.candidates == ()
    assert [(one.id, one.reason) for one in served.apart] == [(application, leaves)]


def test_one_returns_as_another_withdraws(stores: Stores) -> None:
    """Counts of people stay as they were; the decisions do not."""
    (first, _), (second, _) = applicants(stores, 2)
    hr = stores.acting_as("hr:1")
    hr.decisions.record(first, Decision("withdrawn", "candidate_request", "Phoned"))
    assert run(stores).result == "swapped"
    hr.decisions.record(first, Decision("in_process", "stage_begins", "Phoned again"))
    hr.decisions.record(second, Decision("withdrawn", "candidate_request", "Phoned"))
    assert changed_openings(stores) == ((OPENING.id,),)
    assert run(stores).result == "swapped"
    assert [one.id for one in stores.rankings.served(OPENING.id).ranking.candidates] == [first]
