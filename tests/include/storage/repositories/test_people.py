"""Openings, candidates, applications, interviews, consents and decisions, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import text, update

from include.interview.applications import Decision, EvidenceOpened
from include.interview.errors import BadInput, ConsentMissing, NotFound, WrongKey
from include.interview.records import Bilingual, Keyword, Opening, QuestionMark
from include.security.keys import new_master_key
from include.settings import Settings
from include.storage import Stores, open_stores
from include.storage.database import tables as t
from tests.include.storage.conftest import NAME, enrol

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def test_openings_are_stored_whole_and_replaced_by_id(stores: Stores) -> None:
    words = Bilingual(ko="개발자 😀", en="Engineer")
    first = Opening(id="Backend", title=words, description=words, keywords=(Keyword("k8s", ("쿠버네티스",), 0.1),))
    second = Opening(id="backend", title=words, description=words, profile="eu")
    stores.openings.put(first)
    stores.openings.put(second)
    assert stores.openings.get("Backend") == first
    changed = Opening(id="Backend", title=words, description=words, language="ko")
    stores.openings.put(changed)
    assert stores.openings.list() == (changed, second)
    for wrong in ("x" * 65, "", "a/b", "..", "a b"):
        with pytest.raises(BadInput, match="not an id"):
            stores.openings.put(Opening(id=wrong, title=words, description=words))
    with pytest.raises(NotFound, match="'nowhere'"):
        stores.openings.get("nowhere")


def test_people_and_interviews_come_back(stores: Stores) -> None:
    person = enrol(stores)
    assert stores.candidates.get(person.candidate.id) == person.candidate
    assert person.candidate.name == NAME
    assert stores.candidates.list() == (person.candidate,)
    assert stores.candidates.create("\x1b[2J 이\u1105\u1173\u11b7\u202e ").name == "이름"
    for invisible in ("", " ", "\u200b", "\u3164", "\udcff"):
        with pytest.raises(BadInput):
            stores.candidates.create(invisible)
    unnamed = stores.candidates.create("이름", None)
    assert stores.candidates.get(unnamed.id).contact is None
    assert stores.applications.ensure(person.candidate.id, "backend") == person.application_id
    assert [a.id for a in stores.applications.list(opening_id="backend")] == [person.application_id]
    marks = (QuestionMark("q1", 0.1), QuestionMark("q2", 61.25))
    other = stores.interviews.create(person.application_id, "practical", "kr", "en", marks)
    assert stores.interviews.get(other.id) == other
    assert other.marks == marks
    assert stores.interviews.list(candidate_id=person.candidate.id) == (person.interview, other)
    assert stores.interviews.list(opening_id="none") == ()
    stores.interviews.set_status(other.id, "review")
    assert stores.interviews.get(other.id).status == "review"


def test_ids_that_name_nothing_are_said_to(stores: Stores) -> None:
    person = enrol(stores)
    for call in (
        lambda: stores.candidates.get(UNKNOWN),
        lambda: stores.applications.ensure(UNKNOWN, "backend"),
        lambda: stores.applications.ensure(person.candidate.id, "nowhere"),
        lambda: stores.interviews.create(UNKNOWN, "ai", "standard"),
        lambda: stores.interviews.get(UNKNOWN),
        lambda: stores.interviews.set_status(UNKNOWN, "review"),
        lambda: stores.consents.require(UNKNOWN, ["recording"]),
        lambda: stores.consents.withdraw(UNKNOWN),
        lambda: stores.candidates.destroy_key(UNKNOWN),
    ):
        with pytest.raises(NotFound):
            call()
    with pytest.raises(BadInput, match="stage"):
        stores.interviews.create(person.application_id, "final", "standard")
    with pytest.raises(BadInput, match="status"):
        stores.interviews.set_status(person.interview.id, "done")


def test_the_consent_gate_names_what_is_missing(stores: Stores) -> None:
    person, other = enrol(stores), enrol(stores, name="Other")
    interview, candidate = person.interview, person.candidate
    everywhere = stores.consents.grant(candidate.id, None, ["recording"], "v1")
    with pytest.raises(ConsentMissing, match="ai_evaluation, emotion") as caught:
        stores.consents.require(interview, ["recording", "ai_evaluation", "emotion"])
    assert caught.value.remedy
    stores.consents.grant(candidate.id, interview.id, ["ai_evaluation", "emotion"], "v1")
    stores.consents.require(interview.id, ["recording", "ai_evaluation", "emotion"])
    with pytest.raises(ConsentMissing):
        stores.consents.require(other.interview, ["recording"])
    stores.consents.withdraw(everywhere.id)
    stores.consents.withdraw(everywhere.id)
    with pytest.raises(ConsentMissing, match="for: recording"):
        stores.consents.require(interview, ["recording", "emotion"])
    withdrawn, kept = stores.consents.list(candidate.id)
    assert (withdrawn.id, withdrawn.withdrawn_at is not None, kept.withdrawn_at) == (everywhere.id, True, None)
    with pytest.raises(BadInput, match="is not candidate"):
        stores.consents.grant(candidate.id, other.interview.id, ["recording"], "v1")
    with pytest.raises(BadInput, match="at least one"):
        stores.consents.grant(candidate.id, interview.id, [], "v1")
    actions = [entry.action for entry in stores.audit.entries()]
    assert actions.count("consent.refused") == 3
    assert actions.count("consent.withdrawn") == 1


def test_sealed_columns_cannot_be_moved_between_people(stores: Stores) -> None:
    person, other = enrol(stores), enrol(stores, name="Other")
    with stores.db.begin() as connection:
        stolen = connection.execute(
            text("SELECT sealed_name FROM candidates WHERE id = :id"), {"id": person.candidate.id}
        ).scalar_one()
        connection.execute(
            update(t.candidates).where(t.candidates.c.id == other.candidate.id).values(sealed_name=stolen)
        )
    with pytest.raises(BadInput, match=r"candidates\.sealed_name was changed") as caught:
        stores.candidates.get(other.candidate.id)
    assert caught.value.code == "stored_bytes_damaged"


def test_another_master_key_is_named_and_never_mixed_in(settings: Settings, stores: Stores) -> None:
    person = enrol(stores)
    used = stores.audit.entries(f"candidate:{person.candidate.id}")[0].detail
    settings.master_key_file.unlink()
    with pytest.raises(WrongKey, match="There is no master key") as missing:
        open_stores(settings)
    assert missing.value.code == "master_key"
    from include.security.keys import create_key_file

    create_key_file(settings.master_key_file)
    with open_stores(settings) as wrong:
        with pytest.raises(WrongKey, match="encrypted under master key") as caught:
            wrong.candidates.get(person.candidate.id)
        assert "TRIVIEW_MASTER_KEY" in caught.value.remedy
        assert any(key in str(caught.value) for key in used.split('"'))
        with pytest.raises(WrongKey, match="This database is under master key"):
            wrong.candidates.create("Newcomer")
        assert NAME not in str(caught.value)
        with pytest.raises(WrongKey, match="Nothing was changed"):
            wrong.candidates.rotate_master_key(new_master_key())
    assert stores.candidates.get(person.candidate.id) == person.candidate


def test_rotation_leaves_everything_readable_under_the_new_key_only(settings: Settings, stores: Stores) -> None:
    people = [enrol(stores, name=f"N{number}") for number in range(3)]
    new = new_master_key()
    assert stores.candidates.rotate_master_key(new) == 3
    assert [stores.candidates.get(p.candidate.id) for p in people] == [p.candidate for p in people]
    with open_stores(settings) as late, pytest.raises(WrongKey):
        late.candidates.get(people[0].candidate.id)


def test_a_destroyed_key_is_erasure(stores: Stores) -> None:
    person, other = enrol(stores), enrol(stores, name="Other")
    stores.candidates.destroy_key(person.candidate.id)
    stores.candidates.destroy_key(person.candidate.id)
    with pytest.raises(NotFound, match="was erased") as caught:
        stores.candidates.get(person.candidate.id)
    assert caught.value.code == "erased"
    assert stores.interviews.get(person.interview.id).status == "erased"
    with pytest.raises(NotFound, match="was erased"):
        stores.interviews.set_status(person.interview.id, "processing")
    assert stores.candidates.list() == (other.candidate,)
    destroyed = [e for e in stores.audit.entries() if e.action == "candidate.key_destroyed"]
    assert len(destroyed) == 1
    assert stores.audit.verify().intact


def test_only_a_person_decides_and_the_reason_is_sealed(stores: Stores) -> None:
    person = enrol(stores)
    begin = Decision("in_process", "stage_begins", f"{NAME} is invited to talk")
    with pytest.raises(BadInput, match="Only a person"):
        stores.decisions.record(person.application_id, begin)
    hr = stores.acting_as("hr:7")
    with pytest.raises(NotFound):
        hr.decisions.record(UNKNOWN, begin)
    made = hr.decisions.record(person.application_id, begin, expected="invited")
    with pytest.raises(BadInput, match="is in_process by now"):
        hr.decisions.record(person.application_id, begin, expected="invited")
    for subject in (UNKNOWN, person.application_id):
        other = (EvidenceOpened("scorecard", subject, 9.0),)
        with pytest.raises(BadInput) as refused:
            hr.decisions.record(person.application_id, Decision("advanced", "criteria_met", "Clear", other))
        assert refused.value.code == "evidence_of_another"
    opened = EvidenceOpened("scorecard", person.interview.id, 42.5)
    hr.decisions.record(person.application_id, Decision("advanced", "criteria_met", "Clear answers", (opened,)))
    assert stores.applications.get(person.application_id).status == "advanced"
    first, second = stores.decisions.list(person.application_id)
    assert first == made
    assert (first.actor, first.before, first.reason) == ("hr:7", "invited", f"{NAME} is invited to talk")
    assert (second.ground, second.evidence) == ("criteria_met", (opened,))
    with stores.db.connect() as connection:
        raw = connection.execute(text("SELECT sealed_reason FROM human_decisions")).scalars().all()
    assert all(NAME.encode() not in one for one in raw)
    assert stores.audit.verify().intact


@pytest.mark.unit
def test_an_interview_of_a_profile_that_is_not_known_here_lacks_consent_and_others_do_not(
    local_stores: Stores,
) -> None:
    stores = local_stores
    known, unknown = enrol(stores), enrol(stores)
    for person in (known, unknown):
        stores.consents.grant(person.candidate.id, None, ("recording", "ai_evaluation"), "1")
    ids = [known.interview.id, unknown.interview.id]
    assert stores.consents.lacking(ids) == ()
    with stores.db.begin() as connection:
        connection.execute(
            update(t.interviews).where(t.interviews.c.id == unknown.interview.id).values(profile="of-tomorrow")
        )
    assert stores.consents.lacking(ids) == (unknown.interview.id,)
