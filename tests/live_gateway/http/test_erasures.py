"""Erasing over REST, in a real gateway with a live session in Redis and a run in Airflow."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pypdf import PdfReader

from tests.live_gateway.http.conftest import Cast
from tests.support.gateway_thread import Gateway
from tests.support.services.airflow_rest import AirflowServer

pytestmark = pytest.mark.services


def test_a_person_with_a_live_session_is_erased_and_gets_a_receipt(
    gateway: Gateway, cast: Cast, airflow: AirflowServer
) -> None:
    hr = cast.of("hr")
    login = f"gone-{uuid.uuid4().hex[:8]}"
    made = hr.post("/api/v1/candidates", json={"name": "홍길동", "contact": "hong@example.org", "login": login}).json()
    candidate = made["id"]
    stores = gateway.stores
    stores.consents.grant(candidate, None, ["recording", "ai_evaluation"], "2026-11")
    session = hr.post(
        "/api/v1/sessions",
        json={"candidate_id": candidate, "opening_id": cast.opening_id, "stage": "practical", "language": "ko"},
    ).json()
    interview = session["session_id"]
    airflow.runs[f"practical-{interview}-1"] = {"dag_id": "practical_interview_evaluation"}
    path = f"/api/v1/candidates/{candidate}/erasure"
    assert hr.get(path).status_code == 404
    answer = hr.post(path)
    assert answer.status_code == 200, answer.text
    receipt = answer.json()["receipt"]
    held = {one["sink"]: (one["before"], one["after"]) for one in receipt["sinks"]}
    assert held["key"] == (1, 0)
    assert held["live_sessions"][0] >= 1
    assert held["workflow_runs"] == (1, 0)
    assert all(after == 0 for _, after in held.values())
    assert not [run for run in airflow.runs if interview in run]
    assert hr.post(path).json() == answer.json()
    assert cast.of("auditor").get(path).json() == answer.json()
    assert hr.get(f"/api/v1/candidates/{candidate}").status_code == 410
    nothing_begins_for_who_is_gone(hr, candidate, cast.opening_id)
    for door in ("result", "report.html", "report.pdf", "recordings"):
        gone = hr.get(f"/api/v1/interviews/{interview}/{door}")
        assert (gone.status_code, gone.json()["code"]) == (410, "erased"), door
    link = {"token": made["account"]["activation"]["token"], "password": "a password of their own"}
    assert cast.nobody().post("/api/v1/auth/activate", json=link).json()["code"] == "activation_unknown"
    refused = cast.nobody().post("/api/v1/auth/login", json={"login": login, "password": link["password"]})
    assert refused.status_code == 401
    for language, word in (("ko", "파기 확인서"), ("en", "Receipt of erasure")):
        pdf = hr.get(f"{path}/receipt.pdf", params={"language": language})
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages)
        assert word in text
        assert receipt["erasure_id"] in text
        assert "홍길동" not in text


def nothing_begins_for_who_is_gone(hr: httpx.Client, candidate: str, opening: str) -> None:
    """Whatever might be begun for an erased person is refused for that, not for what the erasure took with it."""
    whom = {"candidate_id": candidate}
    deadline = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    for door, body in (
        ("consents", whom | {"purposes": ["recording"], "text_version": "1"}),
        ("uploads", whom | {"opening_id": opening, "size": 100_000}),
        ("sessions", whom | {"opening_id": opening}),
        ("invitations", {"candidate_ids": [candidate], "opening_id": opening, "deadline": deadline}),
        ("accounts", whom | {"login": "gone.once.more", "role": "candidate"}),
    ):
        refused = hr.post(f"/api/v1/{door}", json=body)
        assert (refused.status_code, refused.json()["code"]) == (410, "erased"), door
    asked = whom | {"opening_id": opening}
    refused = hr.post("/api/v1/ai-interview/upload", params=asked, content=b"")
    assert (refused.status_code, refused.json()["code"]) == (410, "erased")


def test_a_candidate_downloads_their_own_data_and_nobody_elses(gateway: Gateway, cast: Cast) -> None:
    own = f"/api/v1/candidates/{cast.candidate_id}/export"
    answer = cast.of("candidate").get(own)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="my-data.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert json.loads(archive.read("data.json"))["name"] == "홍길동"
    assert cast.stranger("candidate").get(own).status_code == 404
    assert cast.of("hr").get(own).status_code == 200
    left = list(gateway.settings.core.home.rglob("export.zip"))
    assert left == [], "no plaintext stays behind"
