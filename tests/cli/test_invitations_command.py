"""`./triview invitations`: made, listed, shown, reminded of, taken back; no link's secret is stored or shown again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cli.session import local_stores
from include.interview.records import Bilingual, Opening, Question

pytestmark = [pytest.mark.unit, pytest.mark.slow]
TEXT = Bilingual(ko="공고", en="Opening")


def test_from_the_invitation_to_its_end(triview) -> None:
    with local_stores() as (stores, _):
        stores.openings.put(Opening("asked", TEXT, TEXT, questions=(Question("q1", TEXT),)))
        people = [stores.candidates.create(name).id for name in ("P0", "P1")]
    deadline = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    call = ["invitations", "create", "--opening", "asked", "--deadline", deadline, "--base", "https://hr.example/"]
    for person in people:
        call += ["--candidate", person]
    made = triview(*call, "--extra-thinking", "60", "--json").json
    assert [one["candidate_id"] for one in made] == people
    assert all(one["link"].startswith("https://hr.example/invitation#") for one in made)
    first, second = (one["invitation_id"] for one in made)
    again = triview("invitations", "remind", first, "--json").json
    assert again[0]["link"] != made[0]["link"]
    with local_stores() as (stores, _):
        assert stores.invitations.open(again[0]["link"].partition("#")[2]).id == first
    shown = triview("invitations", "show", first, "--json").json
    assert (shown["standing"], shown["terms"]["accommodations"]["extra_thinking_s"]) == ("opened", 60)
    assert triview("invitations", "revoke", second, "--json").json[0]["standing"] == "revoked"
    listed = triview("invitations", "list", "--opening", "asked", "--json").json
    assert {one["id"]: one["standing"] for one in listed} == {first: "opened", second: "revoked"}
    for plain in (triview("invitations", "list"), triview("invitations", "show", first)):
        assert plain.code == 0
        assert again[0]["link"].partition("#")[2] not in plain.out
    late = triview("invitations", "remind", second)
    assert (late.code, "taken back" in late.err) == (2, True)
    past = triview(*call[:4], "--deadline", "2020-01-01T00:00:00Z", "--candidate", people[0])
    assert (past.code, "deadline" in past.err) == (2, True)
