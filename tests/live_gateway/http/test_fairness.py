"""Declarations of a candidate's own, and published fairness reports, over REST."""

from __future__ import annotations

import pytest

from tests.live_gateway.http.conftest import Cast
from tests.support.fairness_samples import report
from tests.support.gateway_thread import Gateway

pytestmark = pytest.mark.services


def place(candidate_id: str) -> str:
    return f"/api/v1/candidates/{candidate_id}/declaration"


def test_a_candidate_declares_sees_and_withdraws_what_is_asked_and_nobody_else_does(
    gateway: Gateway, cast: Cast
) -> None:
    gateway.stores.applications.ensure(cast.candidate_id, cast.opening_id)
    own, path = cast.of("candidate"), place(cast.candidate_id)
    asked = own.get(path).json()["asked"]
    assert {category["id"] for category in asked} >= {"sex", "age_band"}
    assert all(category["options"][-1]["id"] == "undisclosed" for category in asked)
    given = {"sex": "female", "age_band": "undisclosed"}
    assert own.put(path, json={"answers": given}).json()["answers"] == given
    assert own.get(path).json()["answers"] == given
    for role in ("hr", "interviewer", "reviewer", "auditor", "operator", "service"):
        assert cast.of(role).get(path).status_code == 403, role
        assert cast.of(role).put(path, json={"answers": {}}).status_code == 403, role
    assert cast.stranger("candidate").get(path).status_code == 404
    assert cast.stranger("candidate").delete(path).status_code == 404
    assert own.delete(path).status_code == 204
    assert own.get(path).json()["answers"] == {}


@pytest.mark.parametrize("answers", [{"shoe_size": "44"}, {"sex": "44"}])
def test_what_is_not_offered_is_refused_without_being_repeated(gateway: Gateway, cast: Cast, answers) -> None:
    gateway.stores.applications.ensure(cast.candidate_id, cast.opening_id)
    refused = cast.of("candidate").put(place(cast.candidate_id), json={"answers": answers})
    assert refused.status_code == 400
    assert refused.json()["code"] == "declaration"
    assert "44" not in refused.text


def test_published_reports_are_read_by_hr_and_auditors(gateway: Gateway, cast: Cast) -> None:
    path = f"/api/v1/openings/{cast.opening_id}/fairness"
    assert cast.of("hr").get(path).json() == []
    gateway.stores.fairness_reports.publish(cast.opening_id, "decisions", report("decisions"))
    gateway.stores.fairness_reports.publish(None, "decisions", report("decisions"))
    for role in ("hr", "auditor"):
        client = cast.of(role)
        (found,) = client.get(path).json()
        assert found["report"]["groupings"][0]["attributes"] == ["sex"]
        page = client.get(path + ".html", params={"language": "ko"})
        assert page.headers["content-security-policy"].startswith("default-src 'none'")
        assert "공정성 보고서" in page.text
        assert client.get(path + ".pdf").content.startswith(b"%PDF")
        for address in (path, "/api/v1/fairness"):
            table = client.get(f"{address}.csv")
            assert table.headers["content-type"] == "text/csv; charset=utf-8"
            assert "attachment" in table.headers["content-disposition"]
            lines = table.content.decode("utf-8-sig").splitlines()
            assert lines[0].startswith("subject,attributes,")
            assert any(line.startswith("decisions,sex,") for line in lines)
            assert client.get(f"{address}.xlsx").content.startswith(b"PK")
        assert client.get("/api/v1/fairness").json()[0]["opening_id"] is None
        assert "All openings" in client.get("/api/v1/fairness.html", params={"language": "en"}).text
    for role in ("candidate", "interviewer", "reviewer", "operator"):
        for kind in ("", ".csv", ".xlsx"):
            assert cast.of(role).get(f"{path}{kind}").status_code == 403
    for kind in ("", ".csv", ".xlsx"):
        assert cast.of("hr").get(f"/api/v1/openings/nowhere/fairness{kind}").status_code == 404
