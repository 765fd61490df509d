"""Who is refused is written down, and whoever asks ten thousand times fills no trail."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from include.interview.errors import ServiceFailure
from live_gateway.refusals import MOST_IDS, MOST_KINDS, NOBODY, OTHERS, REFUSED, Refusals
from tests.live_gateway.http.conftest import Cast
from tests.support.gateway_thread import Gateway
from tests.support.virtual_time import VirtualTimeLoop

HERS = "11111111-1111-4111-8111-111111111111"
Entry = tuple[str, str, str, dict[str, Any]]


def written(kinds: int, times: int, windows: int = 1) -> list[Entry]:
    """What a flood of refusals, `times` of each of `kinds` kinds in every window, makes of entries."""
    entries: list[Entry] = []

    async def record(*entry: Any) -> None:
        entries.append(entry)

    async def flood() -> None:
        refusals = Refusals(record)
        for _ in range(windows):
            for number in range(kinds * times):
                refusals.note(f"hr:{number % kinds}", "interview.read", "forbidden", [f"{number:036d}"])
            await asyncio.sleep(61)
        await refusals.close()

    loop = VirtualTimeLoop()
    try:
        loop.run_until_complete(flood())
    finally:
        loop.close()
    return entries


@pytest.mark.unit
def test_one_refusal_is_one_entry_at_once() -> None:
    (entry,) = written(1, 1)
    assert entry == (
        "hr:0",
        REFUSED,
        "action:interview.read",
        {"code": "forbidden", "count": 1, "ids": [f"{0:036d}"]},
    )


@pytest.mark.unit
def test_a_flood_makes_two_entries_a_minute_and_loses_no_count() -> None:
    entries = written(1, 10_000, windows=3)
    assert len(entries) == 6
    assert sum(detail["count"] for *_, detail in entries) == 30_000
    assert max(len(detail["ids"]) for *_, detail in entries) == MOST_IDS


@pytest.mark.unit
def test_many_who_flood_share_what_is_left() -> None:
    entries = written(1_000, 5)
    assert len(entries) <= 2 * MOST_KINDS + 1
    assert sum(detail["count"] for *_, detail in entries) == 5_000
    assert [detail["count"] for actor, *_, detail in entries if actor == OTHERS] == [5 * (1_000 - MOST_KINDS)]


@pytest.mark.unit
def test_a_database_that_is_away_turns_no_refusal_into_an_error() -> None:
    tried: list[str] = []

    async def away(actor: str, *_: Any) -> None:
        tried.append(actor)
        raise ServiceFailure("away", code="database")

    async def refuse() -> None:
        refusals = Refusals(away)
        refusals.note("hr:1", "x", "forbidden")
        await refusals.close()

    asyncio.run(refuse())
    assert "hr:1" in tried, "it was to be written"


@pytest.mark.services
def test_no_login_a_wrong_role_and_what_is_not_ones_own_are_in_the_trail(gateway: Gateway, cast: Cast) -> None:
    stores = gateway.stores
    application = stores.applications.ensure(cast.candidate_id, cast.opening_id)
    interview = stores.interviews.create(application, "ai", "standard", "ko").id
    before = len(stores.audit.entries())
    assert cast.nobody().get(f"/api/v1/interviews/{HERS}").status_code == 401
    for _ in range(20):
        assert cast.of("auditor").get("/api/v1/candidates").status_code == 403
    assert cast.stranger("candidate").get(f"/api/v1/interviews/{interview}").status_code == 404
    assert cast.of("candidate").get(f"/api/v1/interviews/{HERS}").status_code == 404, "which there is not"
    assert cast.of("auditor").get("/candidates").status_code == 403, "a page"
    wrong = {"login": "cast-hr", "password": "not the password"}  # pragma: allowlist secret
    assert cast.nobody().post("/api/v1/auth/login", json=wrong).status_code == 401

    async def settled() -> None:
        await gateway.services.refusals.close()

    gateway.run(settled())
    entries = [entry for entry in stores.audit.entries()[before:] if entry.action == REFUSED]
    told = {(e.actor, e.subject, d["code"]): d for e in entries if (d := json.loads(e.detail))}
    auditor, stranger = f"auditor:{cast.account_ids['auditor']}", "candidate:"
    assert told[(NOBODY, "action:interview.read", "not_logged_in")]["ids"] == [HERS]
    assert sum(json.loads(e.detail)["count"] for e in entries if e.subject == "action:candidate.list") == 20
    assert told[(auditor, "action:/candidates", "forbidden")]["count"] == 1
    assert (NOBODY, "action:/api/v1/auth/login", "bad_login") in told
    ((actor, _, _),) = [key for key in told if key[2] == "out_of_scope"]
    assert actor.startswith(stranger)
    assert told[(actor, "action:interview.read", "out_of_scope")]["ids"] == [interview]
    assert not any("not the password" in repr(e) or "cast-hr" in repr(e) for e in entries)
