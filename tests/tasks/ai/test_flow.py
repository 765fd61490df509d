"""The flow on one interview: deterministic, encrypted, published once."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import pytest

from include.interview.assessment.openings import general_opening
from include.interview.entities import ArtifactRef
from include.interview.records import Keyword, Quote
from include.interview.transcript.answers import answers_of
from include.settings import PIPELINE_VERSION
from tasks.ephemeral import PASSING_FOLDER, evaluate_files
from tasks.evaluation.case import case
from tasks.evaluation.outputs import PreparedCase, PreparedInterview, ScoredInterview, SpeechOutput, VisionOutput, load
from tasks.evaluation.publish import stored_reports
from tests.support.installation import NAME, Installation, settings_in
from tests.tasks.conftest import RESUME

pytestmark = [pytest.mark.models, pytest.mark.hears]


def without_ids(record: msgspec.Struct, interview_id: str) -> bytes:
    return msgspec.json.encode(record).replace(interview_id.encode(), b"interview")


def test_the_same_video_gives_the_same_card_to_the_last_digit(
    evaluated: Installation, interview_clip: Path, resume: Path, tmp_path: Path
) -> None:
    with evaluated.stores() as stores:
        first = load(stores, evaluated.done.card, ScoredInterview).card
        judged = load(stores, evaluated.done.case, PreparedCase).case
    settings = settings_in(tmp_path / "elsewhere")
    again = evaluate_files(
        [interview_clip],
        general_opening(),
        settings,
        language="en",
        documents=[("resume", resume)],
        with_reports=False,
    )
    assert again.card.status == "complete"
    assert without_ids(first, evaluated.interview_id) == without_ids(again.card, again.card.interview_id)
    assert again.transcript == judged.transcript
    assert again.measurements == judged.measurements
    left = [p for p in (settings.home / PASSING_FOLDER).rglob("*") if p.name != ".lock"]
    assert left == [], "nothing of a passing evaluation remains"


def test_the_card_says_what_it_was_made_from(evaluated: Installation, interview_clip: Path, resume: Path) -> None:
    with evaluated.stores() as stores:
        card = load(stores, evaluated.done.card, ScoredInterview).card
        heard = load(stores, evaluated.done.case, PreparedCase).case.transcript
    sha = {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in (interview_clip, resume)}
    assert card.inputs == {"video[0]": sha[interview_clip], "resume[0]": sha[resume]}
    assert card.pipeline_version == PIPELINE_VERSION
    scored_lines = [line for line in card.criteria if line.status == "scored"]
    assert card.total == pytest.approx(sum(line.points or 0.0 for line in scored_lines))
    said = {u.id: u.text for u in heard.utterances}
    quotes = [e for line in scored_lines for e in line.evidence if isinstance(e, Quote)]
    assert quotes
    assert all(" ".join(q.text.split()).lower() in " ".join(said[q.utterance_id].split()).lower() for q in quotes)


def test_finished_steps_are_not_run_again(own: Installation) -> None:
    with own.stores() as stores:
        before = stores.artifacts.list(own.interview_id)
    again = own.evaluate().done
    with own.stores() as stores:
        assert stores.artifacts.list(own.interview_id) == before
    assert (again.card, again.speech) == (own.done.card, own.done.speech)
    assert sum(again.seconds.values()) < 5.0


def test_publishing_twice_is_one_card_one_set_of_vectors_and_the_same_reports(own: Installation) -> None:
    from include.judgement.embedding import encode

    first = own.publish()
    with own.stores() as stores:
        reports = stored_reports(stores, own.interview_id)
        objects = stores.objects.names()
    assert own.publish() == first
    assert len(own.card_rows()) == 1
    assert own.status() == "published"
    with own.stores() as stores:
        assert stored_reports(stores, own.interview_id) == reports
        assert stores.objects.names() == objects
        assert stores.scorecards.get(own.interview_id) == load(stores, own.done.card, ScoredInterview).card
        assert stores.audit.verify().intact
        transcript = load(stores, own.done.speech, SpeechOutput).transcript
        found = stores.vectors.similar(
            [float(x) for x in encode([_all_said(transcript)])[0]], 50, opening_id=general_opening().id
        )
    assert sorted(reports) == ["report.en.html", "report.en.pdf", "report.ko.html", "report.ko.pdf"]
    assert reports["report.en.pdf"].startswith(b"%PDF")
    assert NAME in reports["report.en.html"].decode()
    assert len(found) == len({a.answer_id for a in found}) == len(answers_of(transcript))


def test_vectors_carry_ids_and_no_words(own: Installation) -> None:
    from include.judgement.embedding import encode

    own.publish()
    with own.stores() as stores:
        transcript = load(stores, own.done.speech, SpeechOutput).transcript
        (nearest,) = stores.vectors.similar(
            [float(x) for x in encode([_all_said(transcript)])[0]], 1, opening_id=general_opening().id
        )
    assert nearest.interview_id == own.interview_id
    assert nearest.answer_id in {u.id for u in transcript.utterances}
    chroma = [p.read_bytes() for p in own.settings.chroma_dir.rglob("*") if p.is_file()]
    assert chroma
    assert not any(u.text.encode() in data for u in transcript.utterances for data in chroma)


def _all_said(transcript) -> str:
    return " ".join(u.text for u in transcript.utterances if u.role == "candidate")


def test_nothing_personal_lies_readable_in_the_installation(own: Installation, interview_clip: Path) -> None:
    own.publish()
    with own.stores() as stores:
        prepared = load(stores, own.done.media, PreparedInterview)
        transcript = load(stores, own.done.speech, SpeechOutput).transcript
        seen = load(stores, own.done.vision, VisionOutput)
        audio_ref = prepared.recordings[0].audio
        assert audio_ref is not None
        with stores.artifacts.open_file(audio_ref) as path:
            sound = path.read_bytes()
        report = stored_reports(stores, own.interview_id)["report.ko.html"]
    video = interview_clip.read_bytes()
    middle = len(sound) // 2
    markers = [
        NAME.encode(),
        b"Quagmirefield",
        RESUME[:40].encode(),
        *(u.text.encode() for u in transcript.utterances),
        video[len(video) // 2 :][:64],
        sound[middle : middle + 64],
        seen.thumbnails[0].jpeg[200:264],
        report[1000:1064],
    ]
    assert own.holding(*markers) == []


def test_the_resume_counts_for_job_fit(own: Installation) -> None:
    with own.stores() as stores:
        card = load(stores, own.done.card, ScoredInterview).card
        prepared = load(stores, own.done.media, PreparedInterview)
        (document,) = prepared.documents
        assert stores.media.text(document) == RESUME
        kinds = [m.kind for m in stores.media.list(own.interview_id)]
    assert kinds == ["resume", "video"]
    line = next(c for c in card.criteria if c.criterion == "job_fit")
    assert line.level is not None
    assert "resume[0]" in card.inputs


def test_an_edited_opening_is_judged_anew(own: Installation) -> None:
    with own.stores() as stores:
        opening = stores.openings.get(stores.interviews.get(own.interview_id).opening_id)
        run, context = own.done, own.context(stores)

        def again() -> ArtifactRef:
            return case(context, run.speech, run.voice, run.vision)

        assert again() == run.case
        stores.openings.put(msgspec.structs.replace(opening, keywords=(*opening.keywords, Keyword("telemetry"))))
        edited = again()
        stores.openings.put(opening)
        assert again() == run.case
    assert edited != run.case
