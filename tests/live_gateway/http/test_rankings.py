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
    _download_the_report(gateway, cast, OPENING.id, best)
    _download_the_candidates_report(cast, best)
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


def _download_the_report(gateway: Gateway, cast: Cast, opening: str, application: str) -> None:
    from tasks.ranking.stored_reports import report_openings

    hr, address = cast.of("hr"), f"/api/v1/openings/{opening}/ranking/report"
    early = hr.get(address, params={"format": "pdf"}, headers={"Accept-Language": "ko"})
    assert (early.status_code, early.json()["code"]) == (409, "report_not_ready")
    assert "보고서를 아직" in early.json()["detail"]
    assert hr.get("/api/v1/openings/nowhere/ranking/report", params={"format": "pdf"}).status_code == 404
    assert hr.get(address).status_code == hr.get(address, params={"format": "docx"}).status_code == 400
    assert cast.of("reviewer").get(address, params={"format": "csv"}).status_code == 403
    report_openings(gateway.services.stores, [opening])
    expected = {
        "html": ("text/html; charset=utf-8", b"<!", "ranking-ranked-en.html"),
        "pdf": ("application/pdf", b"%PDF-", "ranking-ranked-en.pdf"),
        "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK", "ranking-ranked.xlsx"),
        "csv": ("text/csv; charset=utf-8", b"\xef\xbb\xbfrank", "ranking-ranked.csv"),
    }
    for kind, (media_type, begins, name) in expected.items():
        answer = hr.get(address, params={"format": kind, "language": "en"})
        assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
        assert answer.headers["cache-control"] == "no-store"
        assert answer.content.startswith(begins)
    named, blind = (hr.get(address, params={"format": "csv", "blind": b}) for b in ("false", "true"))
    assert "P2" in named.text
    assert "P2" not in blind.text
    assert application in blind.text
    assert blind.headers["content-disposition"] == 'attachment; filename="ranking-ranked-blind.csv"'
    entries = gateway.stores.audit.entries(f"opening:{opening}")
    reads = [e for e in entries if e.action == "ranking.report_read"]
    assert len(reads) == 6
    assert {e.actor.partition(":")[0] for e in reads} == {"hr"}


def _download_the_candidates_report(cast: Cast, application: str) -> None:
    hr, address = cast.of("hr"), f"/api/v1/applications/{application}/report"
    begins = {"html": b"<!", "pdf": b"%PDF-", "xlsx": b"PK", "csv": b"\xef\xbb\xbf"}
    for kind, begin in begins.items():
        answer = hr.get(address, params={"format": kind, "language": "ko"})
        assert answer.status_code == 200, answer.text
        assert answer.content.startswith(begin)
        language = "-ko" if kind in ("html", "pdf") else ""
        assert f"application-{application}{language}.{kind}" in answer.headers["content-disposition"]
    named, blind = (hr.get(address, params={"format": "html", "blind": b}).text for b in ("false", "true"))
    assert "P2" in named
    assert "P2" not in blind
    assert cast.of("reviewer").get(address, params={"format": "csv"}).status_code == 403
    assert hr.get("/api/v1/applications/nobody/report", params={"format": "csv"}).status_code == 404
