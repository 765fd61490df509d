"""One stored case is what is judged, scored and judged again: the same card, and its parts are read once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from include.interview.assessment.openings import general_opening
from include.interview.assessment.policy import load_profile
from include.interview.entities import ArtifactRef
from include.interview.errors import ConsentMissing
from include.interview.records import Keyword, Transcript
from include.interview.stages import flow_of
from include.interview.transcript.answers import answers_of
from include.interview.transcript.typed import parse_transcript
from tasks.evaluation.case import case
from tasks.evaluation.context import StepContext
from tasks.evaluation.judge_and_score import judge, judge_case, score, score_case
from tasks.evaluation.outputs import (
    PreparedCase,
    PreparedInterview,
    ScoredInterview,
    SpeechOutput,
    VoiceOutput,
    load,
    save,
)
from tests.support.installation import CONSENT, NAME, installed
from tests.support.ladders import ladder

pytestmark = pytest.mark.models


@dataclass(frozen=True)
class Perceived:
    """An interview whose words are stored as the perception steps store them."""

    context: StepContext
    transcript: Transcript
    speech: ArtifactRef
    voice: ArtifactRef

    def case(self) -> ArtifactRef:
        return case(self.context, self.speech, self.voice)

    def card(self, of: ArtifactRef) -> ArtifactRef:
        groups = flow_of("practical").judge_groups
        return score(self.context, of, [judge(self.context, of, group) for group in groups])

    def reads(self) -> Counter[str]:
        """How often an artifact of each step was read so far."""
        stores = self.context.stores
        steps = {f"artifact:{ref.id}": ref.kind for ref in stores.artifacts.list(self.context.interview_id)}
        entries = [e for subject in steps for e in stores.audit.entries(subject) if e.action == "artifact.read"]
        return Counter(steps[e.subject] for e in entries)


@pytest.fixture
def interview(weights: None, tmp_path: Path) -> Iterator[Perceived]:
    from include.perception.fluency import measure_fluency

    made = installed(tmp_path / "home")
    transcript = parse_transcript(ladder("en")[6][1], "ladder.txt")
    with made.stores() as stores:
        opening = general_opening()
        stores.openings.put(opening)
        candidate = stores.candidates.create(NAME)
        application = stores.applications.ensure(candidate.id, opening.id)
        one = stores.interviews.create(application, "practical", "standard", "en")
        stores.consents.grant(candidate.id, one.id, load_profile("standard").purposes, CONSENT)
        context = made.context(stores, one.id)
        media = save(context, "assemble", ["hand-made"], lambda: PreparedInterview((), ()))
        spoken = SpeechOutput(media, transcript, measure_fluency(transcript), ())
        speech = save(context, "speech", [media], lambda: spoken)
        voice = save(context, "voice", [media], lambda: VoiceOutput(()))
        yield Perceived(context, transcript, speech, voice)


def test_the_card_of_a_stored_case_is_that_of_the_case_itself(interview: Perceived) -> None:
    stored = interview.case()
    prepared = load(interview.context.stores, stored, PreparedCase)
    found = prepared.case
    assert found.transcript == interview.transcript
    assert found.answers == answers_of(interview.transcript, (), found.opening)
    assert found.opening == general_opening()
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(prepared), type=PreparedCase)
    assert again == prepared
    scored = load(interview.context.stores, interview.card(stored), ScoredInterview)
    judgements = judge_case(found, found.criteria, interview.context.settings)
    by_group = sorted(
        judgements, key=lambda j: not found.profile.judged_from_words(found.rubric.criterion(j.criterion))
    )
    assert scored.card == score_case(found, by_group, inputs={})
    assert scored.case == stored


def test_the_parts_of_a_case_are_read_once_however_often_it_is_judged(interview: Perceived) -> None:
    stored = interview.case()
    card = interview.card(stored)
    first = interview.reads()
    assert (first["speech"], first["voice"], first["assemble"]) == (1, 1, 1)
    assert interview.case() == stored
    assert interview.card(stored) == card
    assert interview.reads() == first, "a step whose output exists reads nothing"


def test_an_edited_opening_gives_a_new_case_new_judgements_and_a_new_card(interview: Perceived) -> None:
    stores = interview.context.stores
    before = interview.case()
    old = judge(interview.context, before, "words")
    opening = general_opening()
    stores.openings.put(msgspec.structs.replace(opening, keywords=(*opening.keywords, Keyword("telemetry"))))
    edited = interview.case()
    assert edited != before
    assert judge(interview.context, edited, "words") != old
    stores.openings.put(opening)
    assert interview.case() == before
    assert judge(interview.context, before, "words") == old


def test_another_judge_judges_the_same_case_anew(interview: Perceived) -> None:
    stored = interview.case()
    old = judge(interview.context, stored, "words")
    judged = len(interview.context.stores.artifacts.list(interview.context.interview_id, "judge"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tasks.evaluation.judge_and_score.judged_by", lambda _settings: "another judge")
        assert judge(interview.context, stored, "words") != old
    assert len(interview.context.stores.artifacts.list(interview.context.interview_id, "judge")) == judged + 1


def test_every_step_asks_for_the_consents_even_when_its_output_exists(interview: Perceived) -> None:
    stored = interview.case()
    stores = interview.context.stores
    for consent in stores.consents.list(stores.interviews.get(interview.context.interview_id).candidate_id):
        stores.consents.withdraw(consent.id)
    for step in (
        interview.case,
        lambda: judge(interview.context, stored, "words"),
        lambda: score(interview.context, stored, []),
    ):
        with pytest.raises(ConsentMissing):
            step()
