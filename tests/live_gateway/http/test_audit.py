"""An auditor asks who saw somebody, and takes the answer along as a file."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest

from tests.live_gateway.http.conftest import Cast
from tests.support.gateway_thread import Gateway

pytestmark = pytest.mark.services


def test_who_saw_a_candidate_as_entries_and_as_files(gateway: Gateway, cast: Cast) -> None:
    person = gateway.stores.candidates.create("우영우")
    application = gateway.stores.applications.ensure(person.id, cast.opening_id)
    assert cast.of("hr").get(f"/api/v1/candidates/{person.id}").status_code == 200
    auditor = cast.of("auditor")
    seen = auditor.get("/api/v1/audit", params={"about": application}).json()
    assert [one["action"] for one in seen][-1:] == ["candidate.read"]
    assert seen[-1]["actor"] == f"hr:{cast.account_ids['hr']}"
    history = auditor.get("/api/v1/audit", params={"about": person.id, "question": "history"}).json()
    assert [one["action"] for one in history][-2:] == ["application.created", "candidate.created"]
    assert "audit.asked" in [one["action"] for one in history], "the question is an entry itself"
    query = {"about": person.id, "question": "history"}
    table = auditor.get("/api/v1/audit/answer.csv", params=query)
    assert "attachment" in table.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert [row["action"] for row in rows][:2] == ["candidate.created", "application.created"]
    assert "cast-hr" in {row["login"] for row in rows}
    assert "우영우" not in table.text
    book = auditor.get("/api/v1/audit/answer.xlsx", params=query)
    assert "xl/worksheets/sheet1.xml" in zipfile.ZipFile(io.BytesIO(book.content)).namelist()


@pytest.mark.parametrize("path", ["/api/v1/audit", "/api/v1/audit/answer.csv", "/api/v1/audit/answer.xlsx"])
def test_only_auditors_ask_and_about_ids_that_are(cast: Cast, path: str) -> None:
    assert cast.of("hr").get(path, params={"about": cast.candidate_id}).status_code == 403
    unknown = cast.of("auditor").get(path, params={"about": "00000000-0000-4000-8000-000000000000"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    assert cast.of("auditor").get(path, params={"about": "홍길동"}).status_code == 400
