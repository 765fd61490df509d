"""What goes wrong between reading and serving, and odd cards: the last ranking stays, or what is odd is told."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from include.interview.errors import ServiceFailure
from include.storage import Stores
from tasks.ranking import flow
from tasks.ranking.flow import rank_openings
from tests.tasks.ranking.test_flow import OPENING, STAGES, applicants, publish, run

pytestmark = pytest.mark.slow


def at_the_swap(monkeypatch: pytest.MonkeyPatch, work) -> None:
    """Do `work` once, when everything is ranked and nothing is served yet."""
    real, times = flow.gate_outputs, []

    def disturbed(made):
        if not times:
            work()
        times.append(1)
        return real(made)

    monkeypatch.setattr(flow, "gate_outputs", disturbed)


def test_a_card_replaced_while_ranking_is_ranked_anew(local_stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    people = applicants(local_stores, 3)
    at_the_swap(monkeypatch, lambda: publish(local_stores, people[0][1][0], "ai", 99.0))
    assert run(local_stores).result == "swapped"
    assert len(local_stores.rankings.list(OPENING.id)) == 1
    totals = {(i.application_id, i.stage): i.total for i in local_stores.rankings.served(OPENING.id).inputs}
    assert totals[people[0][0], "ai"] == 99.0


def test_somebody_erased_between_reading_and_serving_is_not_served(
    local_stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = applicants(local_stores, 3)
    gone = next(a.candidate_id for a in local_stores.applications.list() if a.id == people[2][0])
    at_the_swap(monkeypatch, lambda: local_stores.candidates.destroy_key(gone))
    assert run(local_stores).result == "swapped"
    served = local_stores.rankings.served(OPENING.id)
    assert len(local_stores.rankings.list(OPENING.id)) == 1, "the ranking with that person was never stored"
    assert [one.id for one in served.ranking.candidates] == [people[1][0], people[0][0]]
    assert [(one.id, one.reason) for one in served.apart] == [(people[2][0], "erased")]


def test_an_opening_deleted_meanwhile_does_not_hold_up_the_others(
    local_stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    applicants(local_stores, 2)
    for name in ("early", "late"):
        local_stores.openings.put(msgspec.structs.replace(OPENING, id=name))

    def delete(name: str) -> None:
        with local_stores.db.begin() as connection:
            connection.execute(text("DELETE FROM openings WHERE id = :o"), {"o": name})

    delete("early")
    at_the_swap(monkeypatch, lambda: delete("late"))
    outcomes = rank_openings(local_stores, [OPENING.id, "early", "late"])
    assert {one.opening_id: one.result for one in outcomes} == {
        OPENING.id: "swapped", "early": "deleted", "late": "deleted",
    }  # fmt: skip
    assert local_stores.rankings.state("late") is None


def test_a_database_that_goes_away_at_the_swap_leaves_the_last_ranking(
    local_stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = applicants(local_stores, 2)
    run(local_stores)
    before = local_stores.rankings.state(OPENING.id)
    publish(local_stores, people[0][1][0], "ai", 99.0)
    folder = Path(local_stores.db.url.database).parent
    away = folder.with_name(f"{folder.name}-away")

    def lose() -> None:
        local_stores.db.dispose()
        folder.rename(away)

    at_the_swap(monkeypatch, lose)
    with pytest.raises(ServiceFailure):
        run(local_stores)
    local_stores.db.dispose()
    away.rename(folder)
    assert local_stores.rankings.state(OPENING.id) == before
    assert len(local_stores.rankings.list(OPENING.id)) == 1
    assert run(local_stores).result == "swapped", "the next run makes up for it"


def test_errors_of_zero_unknown_and_impossible_size(local_stores: Stores) -> None:
    people = applicants(local_stores, 4)
    publish(local_stores, people[0][1][0], "ai", 60.0, sem=0.0)
    with local_stores.db.begin() as connection:
        connection.execute(
            text("UPDATE card_totals SET total_sem = NULL WHERE application_id = :a AND stage = 'ai'"),
            {"a": people[1][0]},
        )
    assert run(local_stores).result == "swapped"
    served = local_stores.rankings.served(OPENING.id)
    assert [(one.id, one.reason, one.stage) for one in served.apart] == [(people[1][0], "error_unknown", "ai")]
    assert people[0][0] in {one.id for one in served.ranking.candidates}, "an error of 0 is a score known exactly"
    publish(local_stores, people[2][1][0], "ai", 70.0, sem=101.0)
    assert run(local_stores).failures == {"standard_error_on_scale": 1}
    assert local_stores.rankings.served(OPENING.id) == served


def test_cards_of_two_profiles_and_equal_ones(local_stores: Stores) -> None:
    people = applicants(local_stores, 4)
    for _, interviews in people:
        for interview, stage in zip(interviews, STAGES, strict=True):
            publish(local_stores, interview, stage, 70.0)
    for interview, stage in zip(people[3][1], STAGES, strict=True):
        publish(local_stores, interview, stage, 70.0, profile="eu")
    assert run(local_stores).result == "swapped"
    served = local_stores.rankings.served(OPENING.id)
    assert [(one.id, one.reason) for one in served.apart] == [(people[3][0], "other_profile")]
    assert {(one.rank, one.best, one.worst) for one in served.ranking.candidates} == {(1, 1, 3)}
    assert served.warnings == {"no_cards_of_other_rules": 1}


def test_a_clock_before_the_last_snapshot_is_told(local_stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    people = applicants(local_stores, 2)
    run(local_stores)
    with local_stores.db.begin() as connection:
        connection.execute(text("UPDATE rankings SET taken_at = '2100-01-01 00:00:00.000000'"))
    publish(local_stores, people[0][1][0], "ai", 99.0)
    assert run(local_stores).result == "swapped"
    assert local_stores.rankings.served(OPENING.id).warnings == {"clock_after_last_snapshot": 1}
