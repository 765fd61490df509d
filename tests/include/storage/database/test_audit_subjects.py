"""Who saw somebody, and what happened to an application: lists name whom they listed, on both databases."""

from __future__ import annotations

import hashlib
import json

import pytest

from include.interview.errors import NotFound
from include.storage import AuditEntry, Stores
from include.storage.database import unit_of_work
from tests.include.storage.conftest import enrol


def acts(entries: tuple[AuditEntry, ...]) -> list[tuple[str, str]]:
    return [(entry.actor, entry.action) for entry in reversed(entries)]


def test_a_list_names_whom_it_listed_and_a_list_of_all_can_be_recomputed(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [enrol(stores, name=f"Quill {number}") for number in range(3)]
    ids = sorted(one.candidate.id for one in people)
    monkeypatch.setattr(unit_of_work, "IDS_PER_ENTRY", 2)
    stores.candidates.some(ids)
    stores.candidates.some([])
    stores.candidates.list(2)
    stores.candidates.list()
    stores.candidates.of_applications("backend", [people[0].application_id])
    stores.candidates.of_applications("backend")
    details = [json.loads(one.detail) for one in stores.audit.entries() if one.action == "candidate.listed"]
    digest = hashlib.sha256("".join(f"{one}\n" for one in ids).encode()).hexdigest()
    assert details[:3] == [
        {"count": 3, "candidates": ids[:2]},
        {"count": 3, "candidates": ids[2:]},
        {"count": 0, "candidates": []},
    ]
    assert sorted(details[3]["candidates"]) == sorted(one.candidate.id for one in people[:2])
    assert details[4] == {"count": 3, "everybody": True, "sha256": digest}
    assert details[5] == {"count": 1, "applications": [people[0].application_id]}
    assert details[6]["everybody"] is True


def test_who_saw_somebody_counts_reads_by_name_and_lists_of_all_and_nothing_before_they_came(stores: Stores) -> None:
    stores.acting_as("hr:early").candidates.list()
    person, other = enrol(stores), enrol(stores, "frontend", "Quill")
    stores.acting_as("hr:read").candidates.get(person.candidate.id)
    stores.acting_as("hr:other").candidates.get(other.candidate.id)
    stores.acting_as("hr:all").candidates.list()
    stores.acting_as("hr:opening").candidates.of_applications("backend")
    stores.acting_as("hr:elsewhere").candidates.of_applications("frontend")
    stores.acting_as("hr:cards").record("scorecard.read", f"interview:{person.interview.id}")
    stores.acting_as("hr:search").record("answers.searched", "opening:x", {"interviews": [person.interview.id]})
    stores.acting_as("hr:refused").record("access.refused", "action:candidate.read", {"ids": [person.candidate.id]})
    subjects = stores.audit_subjects
    expected = [
        ("hr:read", "candidate.read"),
        ("hr:all", "candidate.listed"),
        ("hr:opening", "candidate.listed"),
        ("hr:cards", "scorecard.read"),
        ("hr:search", "answers.searched"),
    ]
    for identity in (person.candidate.id, person.application_id, person.interview.id):
        assert acts(subjects.who_saw(subjects.of(identity))) == expected
    whole = subjects.of(person.candidate.id)
    assert acts(subjects.who_saw(whole, 2, 1)) == expected[2:4]
    happened = [action for _, action in acts(subjects.history(whole))]
    assert happened[:3] == ["candidate.created", "application.created", "interview.created"]
    assert "access.refused" in happened
    assert not any(other.candidate.id in one.subject for one in subjects.history(whole))


def test_an_application_has_its_own_history_beside_its_candidates(stores: Stores) -> None:
    person = enrol(stores)
    second = stores.applications.ensure(person.candidate.id, "backend")
    assert second == person.application_id
    text = stores.openings.get("backend")
    stores.openings.put(type(text)(id="design", title=text.title, description=text.description))
    elsewhere = stores.applications.ensure(person.candidate.id, "design")
    subject = stores.audit_subjects.of(elsewhere)
    assert (elsewhere in subject.ids, person.application_id in subject.ids) == (True, False)
    assert subject.openings == ("design",)
    assert stores.audit_subjects.of(person.candidate.id).openings == ("backend", "design")


def test_nobody_is_asked_about_who_never_was(stores: Stores) -> None:
    with pytest.raises(NotFound):
        stores.audit_subjects.of("00000000-0000-4000-8000-000000000000")


def test_an_erased_person_can_still_be_asked_about(stores: Stores) -> None:
    person = enrol(stores)
    stores.candidates.get(person.candidate.id)
    stores.candidates.destroy_key(person.candidate.id)
    subject = stores.audit_subjects.of(person.candidate.id)
    assert "candidate.read" in [action for _, action in acts(stores.audit_subjects.who_saw(subject))]
