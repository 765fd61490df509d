"""Bodies and query values that no program of ours sends: always a problem with a code, never an error of ours."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.live_gateway.http.conftest import Cast

pytestmark = pytest.mark.services

OPENING = {"id": "hostile", "title": "x", "description": "y"}


def with_(**changes: Any) -> bytes:
    return json.dumps(OPENING | changes).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"title":' * 50_000,
        b'{"title": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b"",
        b"null",
        b"\xff\xfe\x00",
        b'{"title": "\\ud800", "description": "y"}',
        b'{"title": NaN, "description": 1e999}',
        b'{"title": ' + b"9" * 10_000 + b"}",
        with_(id="a/../b"),
        with_(id=""),
        with_(id="\u202e"),
        with_(title="\u0000"),
        with_(title="\u200b"),
        with_(keywords=[{"term": "x", "weight": 1e308}, {"term": "y", "weight": -1}]),
        with_(stage_weights={"ai": 0}),
        with_(competencies=[[[[]]]]),
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/openings", "/api/v1/candidates", "/api/v1/sessions"])
def test_a_body_that_cannot_be_meant_is_a_problem_of_the_sender(cast: Cast, body: bytes, path: str) -> None:
    answer = cast.of("hr").post(path, content=body, headers={"content-type": "application/json"})
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.json()["code"] != "unexpected"


@pytest.mark.parametrize("value", ["-1", "1e400", "inf", "nan", "9" * 5000, "٣", "", "1;2", "0x10", "\x00", "%ff"])
@pytest.mark.parametrize("name", ["limit", "offset"])
def test_numbers_of_a_query_are_numbers_in_range(cast: Cast, name: str, value: str) -> None:
    answer = cast.of("hr").get("/api/v1/openings", params={name: value})
    assert answer.status_code in (200, 400, 414, 431), answer.text


def test_plain_texts_are_accepted_as_in_an_opening_file(cast: Cast) -> None:
    body = OPENING | {"id": "plain-texts", "competencies": ["SQL"], "keywords": ["Python"], "questions": ["Why us?"]}
    made = cast.of("hr").post("/api/v1/openings", json=body)
    assert made.status_code == 201, made.text
    assert made.json()["keywords"][0]["term"] == "Python"


def test_names_are_stored_in_one_form_and_blank_ones_refused(cast: Cast) -> None:
    hr = cast.of("hr")
    made = hr.post("/api/v1/candidates", json={"name": "\u1100\u1175\u11b7\u202e 하늘\u001b[31m"})
    assert made.status_code == 201, made.text
    assert hr.get(f"/api/v1/candidates/{made.json()['id']}").json()["name"] == "김 하늘"
    for blank in ("\u3164", " \u200b ", "\u2800"):
        assert hr.post("/api/v1/candidates", json={"name": blank}).status_code == 400
