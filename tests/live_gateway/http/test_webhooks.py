"""Webhooks over HTTP: HR adds, tests, reads the log and removes; a secret is answered once."""

from __future__ import annotations

import pytest

from tests.live_gateway.http.conftest import Cast

pytestmark = pytest.mark.services
URL = "https://hooks.example.invalid/triview"


def test_a_webhook_is_added_tested_read_and_removed(cast: Cast) -> None:
    client = cast.of("hr")
    made = client.post("/api/v1/webhooks", json={"url": URL, "events": ["erasure.completed", "ranking.served"]})
    assert made.status_code == 201
    webhook, secret = made.json()["webhook"], made.json()["secret"]
    assert len(secret) == 64
    assert webhook["events"] == ["ranking.served", "erasure.completed"]
    listed = client.get("/api/v1/webhooks")
    assert webhook in listed.json()
    assert secret not in listed.text
    tested = client.post(f"/api/v1/webhooks/{webhook['id']}/test")
    assert (tested.status_code, tested.json()["event"]) == (202, "webhook.test")
    log = client.get(f"/api/v1/webhooks/{webhook['id']}/deliveries").json()
    assert [one["id"] for one in log["items"]] == [tested.json()["id"]]
    assert client.delete(f"/api/v1/webhooks/{webhook['id']}").status_code == 204
    assert client.get(f"/api/v1/webhooks/{webhook['id']}/deliveries").status_code == 404


@pytest.mark.parametrize(
    ("url", "code"),
    [("http://hooks.example.com", "webhook_url"), ("https://169.254.169.254/latest", "webhook_inner_address")],
)
def test_targets_inside_are_refused_with_a_sentence(cast: Cast, url: str, code: str) -> None:
    answer = cast.of("hr").post("/api/v1/webhooks", json={"url": url, "events": ["ranking.served"]})
    assert (answer.status_code, answer.json()["code"]) == (400, code)
