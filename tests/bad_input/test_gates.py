"""Wrong ids, missing consents and wrong keys: each stops the run with a sentence, and mending the cause is enough."""

from __future__ import annotations

import base64
from pathlib import Path

import msgspec
import pytest

from include.interview.assessment.openings import general_opening
from include.interview.assessment.policy import load_profile
from include.interview.errors import ConsentMissing, NotFound, WrongKey
from tasks.ai import perceive
from tasks.ai.intake import Intake, open_interview
from tasks.evaluation.case import case
from tasks.evaluation.judge_and_score import judge, score
from tasks.evaluation.publish import publish
from tests.support.installation import CONSENT, NAME, Installation, installed, settings_in
from tests.support.recordings import clip_with_tone
from tests.support.refusal_sentences import assert_clear


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clip_with_tone(tmp_path_factory.mktemp("gates") / "clip.mp4", 2.0)


@pytest.fixture
def fresh(tmp_path: Path) -> Installation:
    return installed(tmp_path / "home")


@pytest.mark.unit
def test_unknown_opening_candidate_profile_and_interview(fresh: Installation, clip: Path) -> None:
    with fresh.stores() as stores:
        candidate = stores.candidates.create(NAME)
        opening = general_opening()
        stores.openings.put(opening)
        right = Intake(candidate.id, opening.id, "standard", "en", CONSENT)
        for wrong in ({"opening_id": "no-such-opening"}, {"candidate_id": "nobody"}, {"profile": "mars"}):
            with pytest.raises(NotFound) as caught:
                open_interview(stores, fresh.settings, msgspec.structs.replace(right, **wrong), [clip])
            assert_clear(caught.value)
        with pytest.raises(NotFound) as caught:
            perceive.validate(fresh.context(stores, "no-such-interview"))
        assert_clear(caught.value)
        assert stores.interviews.list() == ()
        assert stores.objects.names() == ()
        assert open_interview(stores, fresh.settings, right, [clip]).status == "uploaded"


@pytest.mark.unit
def test_a_missing_consent_stops_the_run_before_the_recording_is_opened(fresh: Installation, clip: Path) -> None:
    purposes = load_profile("standard").purposes
    with fresh.stores() as stores:
        opening = general_opening()
        stores.openings.put(opening)
        candidate = stores.candidates.create(NAME)
        application = stores.applications.ensure(candidate.id, opening.id)
        interview = stores.interviews.create(application, "ai", "standard", "en")
        stores.media.add(interview.id, clip, "video")
        stores.consents.grant(candidate.id, interview.id, purposes[:1], CONSENT)
        with pytest.raises(ConsentMissing) as caught:
            perceive.validate(fresh.context(stores, interview.id))
        assert_clear(caught.value)
        assert all(
            purpose in str(caught.value) for purpose in load_profile("standard").consents if purpose != purposes[0]
        )
        actions = [entry.action for entry in stores.audit.entries()]
        assert "consent.refused" in actions
        assert "media.read" not in actions
        assert stores.artifacts.list(interview.id) == ()
        stores.consents.grant(candidate.id, interview.id, purposes, CONSENT)
        ref = perceive.validate(fresh.context(stores, interview.id))
        assert stores.artifacts.list(interview.id) == (ref,)


@pytest.mark.models
def test_a_consent_withdrawn_in_between_stops_every_later_step(own: Installation) -> None:
    run, interview_id = own.done, own.interview_id
    with own.stores() as stores:
        context = own.context(stores)
        for consent in stores.consents.list(own.candidate_id):
            stores.consents.withdraw(consent.id)
        stored = stores.artifacts.list(interview_id)
        for step in (
            lambda: perceive.validate(context),
            lambda: perceive.prepare_media(context, run.media),
            lambda: perceive.speech(context, run.media),
            lambda: perceive.vision(context, run.media),
            lambda: perceive.voice(context, run.media),
            lambda: case(context, run.speech, run.voice, run.vision),
            lambda: judge(context, run.case, "words"),
            lambda: score(context, run.case, []),
            lambda: publish(context, run.card),
        ):
            with pytest.raises(ConsentMissing) as caught:
                step()
            assert_clear(caught.value)
        assert stores.artifacts.list(interview_id) == stored
    assert own.card_rows() == ()
    assert own.status() != "published"
    with own.stores() as stores:
        stores.consents.grant(own.candidate_id, interview_id, load_profile("standard").purposes, CONSENT)
    own.publish()
    assert len(own.card_rows()) == 1


@pytest.mark.unit
def test_a_wrong_key_opens_nothing_and_the_right_one_everything(fresh: Installation, clip: Path) -> None:
    one = fresh.hand_in([clip])
    secret = base64.b64encode(bytes(range(32))).decode()
    other = Installation(settings_in(fresh.settings.home, master_key=secret), one.interview_id)
    with pytest.raises(WrongKey) as caught:
        other.evaluate()
    assert_clear(caught.value, secret)
    assert one.card_rows() == ()
    with one.stores() as stores:
        assert stores.artifacts.list(one.interview_id) == ()
        perceive.validate(one.context(stores))


@pytest.mark.unit
@pytest.mark.parametrize("broken", ["", "not base64 !!", base64.b64encode(b"short").decode()])
def test_a_key_that_is_none_is_refused_without_showing_it(fresh: Installation, broken: str) -> None:
    fresh.settings.master_key_file.write_text(broken)
    with pytest.raises(WrongKey) as caught, fresh.stores():
        pytest.fail("The stores opened without a key.")
    assert broken == "" or broken not in str(caught.value)
    assert len(str(caught.value).split()) > 5
