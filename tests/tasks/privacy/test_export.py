"""A person's archive: what they gave comes back byte for byte, what is others' does not come along."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import msgspec
import pytest

from include.interview.applications import Decision
from include.interview.contests import ContestAnswer, Objection
from include.interview.errors import NotFound
from include.interview.invitations import Accommodations, Terms
from include.interview.live.session import LiveRecording
from include.interview.privacy.export import PersonalData
from include.settings import load_settings
from tasks.ephemeral import passing_stores
from tasks.evaluation.outputs import ScoredInterview, load
from tasks.executive.approval import decide
from tasks.live.record import live_record_of
from tasks.privacy.export import export_candidate
from tests.support.insight_sessions import Held, awaiting

pytestmark = pytest.mark.slow
RESUME = b"%PDF-1.7 five years of payments"
OWN_WORDS = "My answer to the second question is missing."
REASON = "Zebulon spoke well, said the internal note"


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Held]:
    settings = load_settings({"TRIVIEW_HOME": str(tmp_path / "home"), "TRIVIEW_JUDGE": "offline"})
    with passing_stores(settings) as (stores, own):
        yield awaiting(stores, own)


def test_what_a_person_gave_comes_back_and_what_is_others_does_not(held: Held, tmp_path: Path) -> None:
    stores, session = held.context.stores, held.session
    application = stores.interviews.get(session.id).application_id
    stores.media.add(session.id, io.BytesIO(RESUME), "resume", index=7)
    stores.acting_as("hr:1").decisions.record(application, Decision("in_process", "stage_begins", REASON))
    decide(held.context, held.ids[0], "approve")
    approved = held.sentence(held.ids[0], "en")
    before = export_candidate(stores, session.candidate_id, tmp_path / "before.zip")
    assert [i.insights for a in before.applications for i in a.interviews if i.stage == "executive"] == [()]
    stores.scorecards.publish(load(stores, held.card, ScoredInterview).card)
    stores.interviews.set_status(session.id, "published")
    contest = stores.contests.open(session.id, session.candidate_id, Objection(("not_considered",), OWN_WORDS, "en"))
    answered = ContestAnswer("evaluated_again", "We look at the second answer once more.")
    stores.acting_as("hr:secret-account").contests.answer(contest.standing.id, answered, ())
    deadline = (datetime.now(UTC) + timedelta(days=7)).isoformat()
    terms = Terms("standard", deadline, accommodations=Accommodations(extra_thinking_s=77))
    stores.invitations.create(application, terms, ())
    target = tmp_path / "export.zip"
    data = export_candidate(stores, session.candidate_id, target)
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        written = json.loads(archive.read("data.json"))
        jsonschema.validate(written, json.loads(archive.read("schema.json")))
        assert msgspec.convert(written, PersonalData) == data
        contents = {name: archive.read(name) for name in archive.namelist()}
    (one,) = data.applications
    assert [decision for _, decision in one.decisions] == ["in_process"]
    assert [i.terms.accommodations.extra_thinking_s for i in one.invitations] == [77]
    executive = next(i for i in one.interviews if i.stage == "executive")
    (resume,) = [f for f in executive.files if f.size == len(RESUME)]
    assert contents[resume.path] == RESUME
    assert resume.path.endswith("resume-8.pdf")
    assert executive.words
    assert {u.role for u in executive.words} == {"candidate"}
    assert executive.card is not None
    assert [i.text.en for i in executive.insights] == [approved]
    (contested,) = executive.contests
    assert (contested.words, contested.outcome, contested.answer) == (OWN_WORDS, "evaluated_again", answered.text)
    ai = next(i for i in one.interviews if i.stage == "ai")
    assert ai.contests == ()
    assert ai.card is not None
    assert ai.card.total is not None
    text = json.dumps(written, ensure_ascii=False)
    assert REASON not in text
    assert "secret-account" not in text, "who answered is not the person's to have"
    assert data.name in text
    assert any(entry.action == "candidate.exported" for entry in stores.audit.entries(f"candidate:{data.candidate_id}"))


def test_nobody_gets_the_archive_of_somebody_erased_or_unknown(held: Held, tmp_path: Path) -> None:
    stores = held.context.stores
    stores.candidates.destroy_key(held.session.candidate_id)
    for candidate in (held.session.candidate_id, "nobody"):
        with pytest.raises(NotFound):
            export_candidate(stores, candidate, tmp_path / "export.zip")
        assert not (tmp_path / "export.zip").exists()


def test_the_voice_of_an_interviewer_alone_is_not_the_persons(held: Held, tmp_path: Path) -> None:
    stores, session = held.context.stores, held.session
    tracks = {"interviewer": b"RIFFtheirs", "candidate": b"RIFFown", "room": b"RIFFboth"}
    stored = {
        track: stores.media.add(session.id, io.BytesIO(sound), "audio", index=9 + n)
        for n, (track, sound) in enumerate(tracks.items())
    }
    record = live_record_of(stores, session.id)
    assert record is not None
    heard = tuple(LiveRecording(track, media.id, 0.0, 1.0) for track, media in stored.items())  # type: ignore[arg-type]
    with pytest.MonkeyPatch.context() as patch:
        with_sound = msgspec.structs.replace(record, recordings=heard)
        patch.setattr("tasks.privacy.export.live_record_of", lambda *_: with_sound)
        export_candidate(stores, session.candidate_id, tmp_path / "export.zip")
    with zipfile.ZipFile(tmp_path / "export.zip") as archive:
        sounds = {archive.read(name) for name in archive.namelist() if "audio" in name}
    assert sounds == {b"RIFFown", b"RIFFboth"}
