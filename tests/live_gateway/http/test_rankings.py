"""Rankings and decisions over REST."""

from __future__ import annotations

import pytest

from include.interview.records import Bilingual, CriterionScore, Opening, Scorecard
from tests.live_gateway.http.conftest import Cast
from tests.support.gateway_thread import Gateway

pytestmark = pytest.mark.services
OPENING = Opening("ranked", Bilingual("공고", "Opening"), Bilingual("일", "Work"), stage_weights={"ai": 1.0})


def test_a_ranking_is_read_asked_for_and_decided_beside(gateway: Gateway, cast: Cast) -> None:
    from tasks.ranking.flow import rank_openings

    stores, hr = gateway.services.stores, cast.of("hr")
    stores.openings.put(OPENING)
    assert hr.get(f"/api/v1/openings/{OPENING.id}/ranking").status_code == 404
    applications = []
    for number in range(3):
        application = stores.applications.ensure(stores.candidates.create(f"P{number}").id, OPENING.id)
        interview = stores.interviews.create(application, "ai", "standard").id
        line = CriterionScore("all", "scored", 100.0, 100.0, score=number / 4, sem=0.02, points=25.0 * number)
        stores.scorecards.publish(
            Scorecard(interview, "ai", "complete", 25.0 * number, 2.0, (line,), "standard", "1", "p")
        )
        applications.append((application, interview))
    assert rank_openings(stores, [OPENING.id])[0].result == "swapped"
    served = hr.get(f"/api/v1/openings/{OPENING.id}/ranking").json()
    assert [one["id"] for one in served["snapshot"]["ranking"]["candidates"]] == [a for a, _ in reversed(applications)]
    assert (served["failures"], served["recognised_worse"]) == ({}, [])
    best = applications[2][0]
    together = hr.get(f"/api/v1/openings/{OPENING.id}/ranking/not-apart/{best}").json()
    assert together == {"application_id": best, "not_apart": []}
    apart = hr.get(f"/api/v1/openings/{OPENING.id}/ranking/differences/{best}/{applications[0][0]}").json()
    assert [(one["criterion"], one["points"]) for one in apart["criteria"]] == [("all", 50.0)]
    signs = hr.get(f"/api/v1/openings/{OPENING.id}/ranking/signs", params={"limit": 2}).json()
    assert signs["total"] == 3
    assert [one["application_id"] for one in signs["items"]] == [a for a, _ in applications[:0:-1]]
    assert hr.get(f"/api/v1/openings/{OPENING.id}/rankings").json()["total"] == 1
    first, again = (hr.post(f"/api/v1/openings/{OPENING.id}/ranking/runs") for _ in range(2))
    assert first.status_code == 202
    assert first.json()["dag_run_id"] == again.json()["dag_run_id"]
    # A decision about the interviews needs evidence that was opened.
    address = f"/api/v1/applications/{best}/decisions"
    begin = {"to": "in_process", "ground": "stage_begins", "text": "면접을 시작합니다.", "expected": "invited"}
    assert hr.post(address, json=begin).status_code == 201
    blind = {"to": "advanced", "ground": "criteria_met", "text": "좋았습니다."}
    assert hr.post(address, json=blind).json()["code"] == "evidence_not_opened"
    opened = [{"kind": "scorecard", "subject": applications[2][1], "seconds": 90}]
    assert hr.post(address, json={**blind, "evidence": opened}).status_code == 201
    assert hr.get(f"/api/v1/applications/{best}").json()["status"] == "advanced"
    assert [one["decision"] for one in hr.get(address).json()["items"]] == ["in_process", "advanced"]
