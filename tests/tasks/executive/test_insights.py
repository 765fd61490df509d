"""The steps of insights over a real store: drafted over the application's interviews, verified, stored, edited."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from include.interview.assessment.policy import load_profile
from include.interview.entities import ArtifactRef
from include.interview.errors import BadInput, ConsentMissing
from include.interview.insight.records import ClaimText
from include.interview.records import Stage
from include.settings import load_settings
from include.storage import Stores
from tasks.ephemeral import passing_stores
from tasks.evaluation.context import StepContext
from tasks.evaluation.judge_and_score import judge_case, score_case
from tasks.evaluation.outputs import PreparedCase, ScoredInterview, load, save
from tasks.executive.insights import VerifiedInsights, draft, store_drafts, verified_edit, verify
from tests.include.judgement.insight.claim_files import transcript_text
from tests.support.ladders import case_of

pytestmark = pytest.mark.slow

PROFILE = "text_only"


@pytest.fixture
def context(tmp_path: Path) -> Iterator[StepContext]:
    """An application with a published AI interview and an executive one under evaluation."""
    settings = msgspec.structs.replace(load_settings({"TRIVIEW_HOME": str(tmp_path), "TRIVIEW_JUDGE": "offline"}))
    with passing_stores(settings) as (stores, own):
        stores.openings.put(case_of(transcript_text("en_second")).opening)
        candidate = stores.candidates.create("A candidate")
        application = stores.applications.ensure(candidate.id, case_of(transcript_text("en_second")).opening.id)
        stores.consents.grant(candidate.id, None, load_profile(PROFILE).purposes, "test")
        earlier = stores.interviews.create(application, "ai", PROFILE, "en")
        scored(StepContext(stores, own, earlier.id), "ai", "en_second")
        stores.interviews.set_status(earlier.id, "published")
        latest = stores.interviews.create(application, "executive", PROFILE, "en")
        yield StepContext(stores, own, latest.id)


def scored(context: StepContext, stage: Stage, name: str) -> ArtifactRef:
    case = case_of(transcript_text(name), stage=stage, profile=PROFILE)
    case = msgspec.structs.replace(case, interview_id=context.interview_id)
    prepared = save(context, "case", [name], lambda: PreparedCase(case, {}, (), ()))
    card = score_case(case, judge_case(case, case.criteria, context.settings), scope="words", inputs={})
    return save(context, "score", [prepared], lambda: ScoredInterview(card, prepared))


def stored(stores: Stores, ref: ArtifactRef) -> VerifiedInsights:
    return load(stores, ref, VerifiedInsights)


def test_drafted_over_all_stages_verified_stored_and_edited(context: StepContext) -> None:
    stores = context.stores
    card = scored(context, "executive", "en_development")
    drafted = draft(context, card)
    assert draft(context, card) == drafted
    checked = verify(context, drafted)
    found = stored(stores, checked)
    assert {q.stage for i in found.insights for q in i.quotes} == {"ai", "executive"}
    assert store_drafts(context, checked) == len(found.insights) > 0
    kept = stores.insights.list(context.interview_id)
    assert kept == stores.insights.named(context.interview_id, found.insights)
    assert [(i.kind, i.text, i.quotes) for i in kept] == [(i.kind, i.text, i.quotes) for i in found.insights]
    first = next(i for i in kept if i.quotes[0].utterance_id == "executive:u0002")
    edited = verified_edit(context, first.id, ClaimText(en="Took over the billing migration at Northwind."))
    assert edited.quotes == first.quotes
    assert stores.insights.edit(context.interview_id, edited).status == "accepted"
    with pytest.raises(BadInput, match="'eight' does not stand") as refused:
        verified_edit(context, first.id, ClaimText(en="Led a team of eight in the billing migration."))
    assert refused.value.code == "number_not_cited"


def test_a_stage_whose_consent_was_withdrawn_is_left_out_and_no_consent_stops(context: StepContext) -> None:
    stores = context.stores
    interview = stores.interviews.get(context.interview_id)
    for consent in stores.consents.list(interview.candidate_id):
        stores.consents.withdraw(consent.id)
    card = scored(context, "executive", "en_development")
    with pytest.raises(ConsentMissing):
        draft(context, card)
    stores.consents.grant(interview.candidate_id, context.interview_id, load_profile(PROFILE).purposes, "test")
    found = stored(stores, verify(context, draft(context, card)))
    assert {q.stage for i in found.insights for q in i.quotes} == {"executive"}


def test_a_consent_withdrawn_between_verifying_and_storing_takes_the_stage_out(context: StepContext) -> None:
    stores = context.stores
    interview = stores.interviews.get(context.interview_id)
    ref = verify(context, draft(context, scored(context, "executive", "en_development")))
    assert {q.stage for i in stored(stores, ref).insights for q in i.quotes} == {"ai", "executive"}
    for consent in stores.consents.list(interview.candidate_id):
        stores.consents.withdraw(consent.id)
    stores.consents.grant(interview.candidate_id, context.interview_id, load_profile(PROFILE).purposes, "test")
    assert store_drafts(context, ref) == len(stores.insights.list(context.interview_id))
    kept = stores.insights.list(context.interview_id)
    assert kept
    assert {q.stage for i in kept for q in i.quotes} == {"executive"}


def test_ids_say_nothing_and_stand_for_one_insight(context: StepContext) -> None:
    stores = context.stores
    ref = verify(context, draft(context, scored(context, "executive", "en_development")))
    store_drafts(context, ref)
    first = stores.insights.list(context.interview_id)
    assert all(re.fullmatch("i[0-9a-f]{16}", one.id) for one in first)
    store_drafts(context, ref)
    assert [one.id for one in stores.insights.list(context.interview_id)] == [one.id for one in first]
    other = msgspec.structs.replace(first[0], text=ClaimText(en="Another sentence."))
    assert stores.insights.named(context.interview_id, [other])[0].id != first[0].id
