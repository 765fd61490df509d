"""`./triview accounts`: links in place of passwords, closing, opening, confirming; nothing secret in a list."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from cli.session import local_stores

pytestmark = [pytest.mark.unit, pytest.mark.slow]
PASSWORD, OTHER = "a long enough password", "another long password"


def test_accounts_are_made_activated_closed_opened_and_given_a_password(
    triview, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = triview("accounts", "first", "--json").json
    made = triview("accounts", "add", "Lee", "--role", "reviewer", "--url", "https://hr.example/", "--json").json
    assert (made["login"], made["state"]) == ("lee", "awaits_activation")
    address, _, token = made["activation"]["url"].partition("#")
    assert address == "https://hr.example/activate"
    newer = triview("accounts", "activate", "lee", "--json").json["activation"]["url"].partition("#")[2]
    with local_stores() as (stores, _):
        assert stores.activations.activate(newer, PASSWORD).login == "lee"
        login = stores.logins.begin(made["id"], 1000)
        assert stores.accounts.authenticate("lee", PASSWORD) is not None

    assert triview("accounts", "close", "lee", "--json").json["state"] == "closed"
    with local_stores() as (stores, _):
        assert stores.logins.caller(login.id) is None
    assert triview("accounts", "activate", "lee").code != 0
    assert triview("accounts", "open", "lee", "--json").json["state"] == "active"

    fresh = triview("accounts", "password", "lee", "--json").json["password"]
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{OTHER}\n"))
    given = triview("accounts", "password", "lee", "--stdin", "--json")
    assert (given.json["password"], OTHER in given.out) == (None, False)
    with local_stores() as (stores, _):
        assert stores.accounts.authenticate("lee", fresh) is None
        assert stores.accounts.authenticate("lee", OTHER) is not None

    listed = triview("accounts", "list", "--json")
    assert {each["login"]: each["state"] for each in listed.json} == {"admin": "active", "lee": "active"}
    shown = listed.out + triview("accounts", "list").out
    assert not any(secret in shown for secret in (token, newer, fresh, OTHER, first["password"]))
    assert triview("accounts", "close", "nobody").code != 0


def test_the_command_line_is_one_of_two_people(triview, home: Path) -> None:
    first = triview("accounts", "first", "--json").json
    assert triview("accounts", "password", "--json").json["state"] == "active", "the only HR account locks nobody out"
    refused = triview("accounts", "close", "admin")
    assert refused.code != 0
    assert "last HR account" in refused.out + refused.err

    made = triview("accounts", "add", "boss", "--role", "operator", "--json").json
    assert made["state"] == "awaits_second_person"
    assert triview("accounts", "confirm", "boss").code != 0, "who asked for it does not confirm it"
    with local_stores() as (stores, _):
        hr = stores.acting_as(f"hr:{stores.accounts.by_login(first['login']).id}")
        assert not hr.accounts.confirm(made["id"]).activated
        asked = hr.accounts.create("eye", PASSWORD, "auditor")
        assert not asked.usable
    assert "awaits second person" in triview("accounts", "list").out
    assert triview("accounts", "confirm", "eye", "--json").json["state"] == "active"
