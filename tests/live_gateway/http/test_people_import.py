"""Importing candidates over HTTP: a preview stores nothing, a confirmed file is taken whole or not at all."""

from __future__ import annotations

import pytest

from tests.live_gateway.http.conftest import Cast
from tests.support.gateway_thread import Gateway

pytestmark = pytest.mark.services
IMPORT = "/api/v1/candidates/import"


def test_a_file_is_previewed_then_taken_whole(gateway: Gateway, cast: Cast) -> None:
    client, stores = cast.of("hr"), gateway.stores
    good = "이름,연락처\n심청,sim@example.org\n심봉사,\n".encode()
    before = stores.candidates.count()
    preview = client.post(f"{IMPORT}/preview", content=good).json()
    assert (preview["count"], preview["wrong"]) == (2, 0)
    assert [one["name"] for one in preview["people"]] == ["심청", "심봉사"]
    other = client.post(IMPORT, params={"sha256": "0" * 64}, content=good)
    assert (other.status_code, other.json()["code"]) == (400, "import_changed")
    assert stores.candidates.count() == before
    made = client.post(IMPORT, params={"sha256": preview["sha256"]}, content=good)
    assert made.status_code == 201
    assert [stores.candidates.get(one).name for one in made.json()["candidate_ids"]] == ["심청", "심봉사"]
    again = client.post(f"{IMPORT}/preview", content=good, headers={"Accept-Language": "ko"}).json()
    assert [(one["row"], one["detail"][:5]) for one in again["faults"]] == [(2, "이름과 연")]
    refused = client.post(IMPORT, params={"sha256": again["sha256"]}, content=good)
    assert (refused.status_code, refused.json()["code"]) == (400, "import_faults")
    assert stores.candidates.count() == before + 2
    assert "candidate.imported" in [entry.action for entry in stores.audit.entries("candidates")]


def test_what_cannot_be_taken_is_refused_with_a_sentence(cast: Cast) -> None:
    client = cast.of("hr")
    many = ("name\n" + "Somebody\n" * 50_000).encode()
    cases = [(many, "too_many_rows"), (b"", "bad_input"), (b"PK\x03\x04", "damaged"), (b"who\nx\n", "bad_input")]
    for data, code in cases:
        answer = client.post(f"{IMPORT}/preview", content=data)
        assert (answer.status_code, answer.json()["code"]) == (400, code)
        assert answer.json()["remedy"]
    assert client.post(f"{IMPORT}/preview", content=bytes(9 * 1024**2)).status_code == 413
    assert cast.of("reviewer").post(f"{IMPORT}/preview", content=b"name\nx\n").status_code == 403
