"""Every JSON body is in one form before a route reads it, whatever the route is about."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar, post
from litestar.params import JSONBody
from litestar.testing import TestClient

from include.interview.intake.cleaning import clean_text
from live_gateway.http.clean_bodies import clean_body
from live_gateway.problems import HANDLERS

pytestmark = pytest.mark.unit


class Body(msgspec.Struct):
    """Any body: a text, others below it, and a password."""

    reason: str = ""
    notes: list[str] = []
    password: str = ""


@post("/it", status_code=200)
async def echo(data: JSONBody[Body]) -> Body:
    return data


@pytest.fixture(scope="module")
def client():
    with TestClient(Litestar([echo], before_request=clean_body, exception_handlers=HANDLERS)) as made:
        yield made


def send(client: TestClient[Any], body: bytes) -> Any:
    return client.post("/it", content=body, headers={"content-type": "application/json"})


@pytest.mark.parametrize(
    "twin",
    [
        unicodedata.normalize("NFD", "근거가 충분합니다."),
        "근거가\u00a0충분합니다.",
        "근거가 충\u200b분합니다.",
        "\u202e근거가 충분합니다.",
        "근거가 \x1b[31m충분합니다.",
        "근거가 충분합니다\uff0e",
    ],
)
def test_twins_of_a_text_are_one(client: TestClient[Any], twin: str) -> None:
    answer = send(client, json.dumps({"reason": twin, "notes": [twin]}).encode())
    assert answer.json() == {"reason": "근거가 충분합니다.", "notes": ["근거가 충분합니다."], "password": ""}


@given(text=st.text(st.characters(categories=None, exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40))
def test_what_a_route_reads_is_clean(client: TestClient[Any], text: str) -> None:
    answer = send(client, json.dumps({"reason": text}).encode())
    assert answer.status_code == 200, answer.text
    assert answer.json()["reason"] == clean_text(text, "it")


def test_a_password_is_what_was_typed(client: TestClient[Any]) -> None:
    typed = unicodedata.normalize("NFD", "비밀번호") + "\u00a0\uff21"
    assert send(client, json.dumps({"password": typed}).encode()).json()["password"] == typed


@pytest.mark.parametrize("body", [rb'{"reason": "\ud800"}', rb'{"reason": "a\u0000b"}', rb'{"notes": ["\udfff"]}'])
def test_what_is_no_character_is_refused(client: TestClient[Any], body: bytes) -> None:
    assert send(client, body).status_code == 400


@pytest.mark.parametrize("body", [b"{", b"[" * 100_000, b"\xff", b"", b"null", b"5"])
def test_what_is_no_such_body_is_the_routes_own_answer(client: TestClient[Any], body: bytes) -> None:
    assert send(client, body).status_code == 400
