"""Declarations: sealed under keys of their own, gone with the person, and in nobody's queries but the report's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import select, update

from include.interview.errors import BadInput, NotFound, WrongKey
from include.security.keys import new_master_key
from include.storage import Stores
from include.storage.database import tables as t
from include.storage.database.unit_of_work import seal

ROOT = Path(__file__).resolve().parents[4]
ANSWERS = {"sex": "female", "age_band": "undisclosed"}


def row_of(stores: Stores, candidate_id: str):
    with stores.db.connect() as connection:
        query = select(t.declarations).where(t.declarations.c.candidate_id == candidate_id)
        return connection.execute(query).one_or_none()


def test_what_was_declared_comes_back_is_replaced_and_withdrawn(stores: Stores) -> None:
    person = stores.candidates.create("김하나")
    assert stores.declarations.own(person.id) == {}
    stores.declarations.declare(person.id, ANSWERS)
    assert stores.declarations.own(person.id) == ANSWERS
    stores.declarations.declare(person.id, {"sex": "male"})
    assert stores.declarations.own(person.id) == {"sex": "male"}
    others = [stores.candidates.create(str(i)).id for i in range(3)]
    assert stores.declarations.for_report([*others, person.id]) == {person.id: {"sex": "male"}}
    stores.declarations.withdraw(person.id)
    stores.declarations.withdraw(person.id)
    assert row_of(stores, person.id) is None


@pytest.mark.unit
def test_no_answer_is_in_the_row_or_the_audit_trail(local_stores: Stores) -> None:
    stores = local_stores
    person = stores.candidates.create("김하나")
    stores.declarations.declare(person.id, ANSWERS)
    stores.declarations.own(person.id)
    stores.declarations.for_report([person.id])
    assert b"female" not in row_of(stores, person.id).sealed_answers
    trail = repr(stores.audit.entries(f"candidate:{person.id}")) + repr(stores.audit.entries("declarations"))
    assert "declaration.made" in trail
    assert "declaration.counted" in trail
    assert not re.search("female|undisclosed|'sex'", trail)


@pytest.mark.unit
def test_the_candidates_own_key_does_not_open_a_declaration(local_stores: Stores) -> None:
    stores = local_stores
    person = stores.candidates.create("김하나")
    stores.declarations.declare(person.id, ANSWERS)
    key = stores.candidates.live_key(person.id, "session")
    forged = seal(key, "declarations", "sealed_answers", person.id, b'{"sex": "male"}')
    with stores.db.begin() as connection:
        connection.execute(t.declarations.update().values(sealed_answers=forged))
    with pytest.raises(BadInput, match="sealed under another key"):
        stores.declarations.own(person.id)
    with stores.db.begin() as connection:
        wrapped = connection.execute(select(t.candidates.c.wrapped_key)).scalar_one()
        connection.execute(t.declarations.update().values(wrapped_key=wrapped))
    with pytest.raises(WrongKey):
        stores.declarations.own(person.id)


def test_erasure_takes_the_declaration_and_its_key_and_nothing_is_declared_afterwards(stores: Stores) -> None:
    person = stores.candidates.create("김하나")
    stores.declarations.declare(person.id, ANSWERS)
    stores.candidates.destroy_key(person.id)
    assert row_of(stores, person.id) is None
    with pytest.raises(NotFound) as refused:
        stores.declarations.declare(person.id, ANSWERS)
    assert refused.value.code == "erased"
    with pytest.raises(NotFound):
        stores.declarations.declare("00000000-0000-4000-8000-000000000000", ANSWERS)


@pytest.mark.unit
def test_rotating_the_master_key_keeps_declarations(local_stores: Stores) -> None:
    person = local_stores.candidates.create("김하나")
    local_stores.declarations.declare(person.id, ANSWERS)
    local_stores.candidates.rotate_master_key(new_master_key())
    assert local_stores.declarations.own(person.id) == ANSWERS


@pytest.mark.unit
def test_a_process_that_has_the_key_before_a_rotation_takes_no_declaration(local_stores: Stores) -> None:
    person = local_stores.candidates.create("김하나")
    with local_stores.db.begin() as connection:  # as another process's rotation leaves it for this one
        connection.execute(update(t.candidates).values(master_key_id=new_master_key().id))
    with pytest.raises(WrongKey):
        local_stores.declarations.declare(person.id, ANSWERS)
    assert row_of(local_stores, person.id) is None


TOUCH = re.compile(r"\b(?:stores|t|self)\.declarations\b|repositories\.declarations|sealed_answers|\"declarations\"")
"""How a module reaches the stored declarations: the store, its module, the table, its column."""
ALLOWED = {
    "include/storage/database/migrations/versions/0008_declarations.py",
    "include/storage/database/tables.py",
    "include/storage/repositories/candidates.py",  # erasure and rotation of keys
    "include/storage/repositories/declarations.py",
    "include/storage/repositories/erasures.py",  # counts that there is one, and that there is none
    "include/storage/repositories/key_census.py",  # counts under which master key they lie
    "include/storage/stores.py",
    "live_gateway/http/declarations.py",  # the candidate's own
    "tasks/privacy/export.py",  # the person's own, in their archive
    "tasks/ranking/fairness.py",
}


@pytest.mark.unit
def test_no_ranking_card_or_page_touches_the_declarations() -> None:
    rooms = ("include", "tasks", "live_gateway", "dags", "plugins", "cli")
    touching = {
        str(path.relative_to(ROOT))
        for room in rooms
        for path in (ROOT / room).rglob("*.py")
        if TOUCH.search(path.read_text(encoding="utf-8"))
    }
    assert touching == ALLOWED
    queries = (ROOT / "include/storage/repositories/declarations.py").read_text(encoding="utf-8")
    assert "join" not in queries.replace("query here or elsewhere joins", "")
    for name in ("scorecards", "criterion_scores", "applications", "interviews"):
        assert f"t.{name}" not in queries
