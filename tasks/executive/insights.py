"""Insights of an application: drafted over all its published interviews and documents, verified, stored for approval.

The steps `draft` and `verify` of the DAG `executive_insight`. Only ids and refs leave a step; rejected claims leave a
code and no words.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from include.interview.entities import ArtifactRef, Interview
from include.interview.errors import BadInput, ConsentMissing, NotFound
from include.interview.insight.drafts import InsightDraft, RejectedClaim
from include.interview.insight.records import Claim, ClaimRejection, ClaimText, Insight
from include.interview.insight.sources import InsightSource, document_source
from include.interview.records import Record
from include.interview.stages import STAGES
from include.judgement.insight.offline_writer import JudgedCase, fixed_terms
from include.settings import Settings
from tasks.evaluation.consent_gate import consented, consented_interview
from tasks.evaluation.context import StepContext
from tasks.evaluation.judge_and_score import judged_by
from tasks.evaluation.outputs import PreparedCase, ScoredInterview, load, save

DRAFT_STEP = "insight_draft"
VERIFY_STEP = "insights"


class InsightRefused(BadInput):
    """A person's sentence that the cited words do not bear; code and sentence are those of `reason`."""

    code = "insight_refused"

    def __init__(self, reason: ClaimRejection) -> None:
        super().__init__(reason.text.en, "Change the words, or reject the insight.", code=reason.code)
        self.reason = reason


class GatheredInterviews(Record, frozen=True):
    """The judged interviews of one application as sources, in the order of the stages; documents follow."""

    judged: tuple[JudgedCase, ...]
    sources: tuple[InsightSource, ...]


class DraftedInsights(Record, frozen=True):
    """What a writer wrote, with the cards (artifacts of the step `score`) it was written over."""

    draft: InsightDraft
    cards: tuple[ArtifactRef, ...]


class VerifiedInsights(Record, frozen=True):
    """The insights that stand up against the stored transcripts, and codes of what did not. Empty is a result."""

    insights: tuple[Insight, ...]
    rejected: tuple[RejectedClaim, ...]
    written_by: str
    cards: tuple[ArtifactRef, ...]


def draft(context: StepContext, card: ArtifactRef) -> ArtifactRef:
    """Draft insights over this interview and the application's other judged ones; store the `DraftedInsights`.

    Args:
        card: the output of `score` for this interview. Of every other stage of the application the newest judged
            interview is taken, where its consents still hold; a stage that is missing is left out.

    Raises:
        ConsentMissing: a consent of this interview is missing or withdrawn.
        JudgeFailure: the writing model gave no usable answer; nothing is stored and the step may be tried again.
    """
    interview, _ = consented(context)
    cards = _cards(context, interview, card)

    def make() -> DraftedInsights:
        found = gather(context, cards)
        return DraftedInsights(write_draft(found.judged, found.sources, context.settings), cards)

    return save(context, DRAFT_STEP, [judged_by(context.settings), *cards], make)


def verify(context: StepContext, drafted: ArtifactRef) -> ArtifactRef:
    """Verify each drafted insight anew against the stored transcripts, and store the `VerifiedInsights`.

    What does not hold any more (a transcript that was corrected meanwhile) is dropped with its code.

    Args:
        drafted: the output of `draft`.

    Raises:
        ConsentMissing: a consent of this interview is missing or withdrawn. NotFound: a card was erased.
    """
    consented(context)

    def make() -> VerifiedInsights:
        from include.judgement.insight.verification import verify as check

        found = load(context.stores, drafted, DraftedInsights)
        gathered = gather(context, found.cards)
        claims = [_claim_of(one) for one in found.draft.insights]
        ours = fixed_terms(gathered.judged) if found.draft.written_by == "offline" else ()
        checked = check(claims, gathered.sources, ours)
        kept = tuple(
            one for one, result in zip(found.draft.insights, checked, strict=True) if result.status == "accepted"
        )
        dropped = tuple(RejectedClaim(one.id, one.reason.code) for one in checked if one.reason is not None)
        return VerifiedInsights(kept, (*found.draft.rejected, *dropped), found.draft.written_by, found.cards)

    return save(context, VERIFY_STEP, [drafted], make)


def store_drafts(context: StepContext, verified: ArtifactRef) -> int:
    """Store the verified insights for approval, each a draft, and return how many; 0 is a result.

    Args:
        verified: the output of `verify`.

    Raises:
        ConsentMissing: a consent of this interview is missing or withdrawn; nothing is stored.
    """
    consented(context)
    found = load(context.stores, verified, VerifiedInsights)
    allowed = _allowed(context, found.cards)
    stages = {context.stores.interviews.get(ref.interview_id).stage for ref in allowed}
    all_allowed = len(allowed) == len(found.cards)
    kept = [
        one
        for one in found.insights
        if all(all_allowed if quote.stage is None else quote.stage in stages for quote in one.quotes)
    ]
    named = context.stores.insights.named(context.interview_id, kept)
    context.stores.insights.put(context.interview_id, named)
    return len(named)


def verified_edit(context: StepContext, insight_id: str, text: ClaimText) -> Insight:
    """The insight with `text` in place of its sentence, verified anew against the same citations; nothing is stored.

    Raises:
        NotFound: no such insight, or erased.
        InsightRefused: the new sentence does not stand up.
    """
    from include.judgement.insight.verification import verify as check

    consented(context)
    stores = context.stores
    before = next((one for one in stores.insights.list(context.interview_id) if one.id == insight_id), None)
    refs = stores.artifacts.list(context.interview_id, VERIFY_STEP)
    if before is None or not refs:
        raise NotFound(f"Interview {context.interview_id} has no insight {insight_id}.", "List its insights.")
    gathered = gather(context, load(stores, refs[-1], VerifiedInsights).cards)
    after = msgspec.structs.replace(before, text=text)
    result = check([_claim_of(after)], gathered.sources, fixed_terms(gathered.judged))[0]
    if result.reason is not None:
        raise InsightRefused(result.reason)
    return msgspec.structs.replace(after, quotes=result.quotes)


def write_draft(judged: Sequence[JudgedCase], sources: Sequence[InsightSource], settings: Settings) -> InsightDraft:
    """Insights by the writer that `settings` name: the judge model, or the offline one. Neither replaces the other.

    The model writes in the language most of the candidate's words are in.

    Raises:
        JudgeFailure: the judge model gave no usable answer.
    """
    if settings.judge.kind == "offline":
        from include.judgement.insight.offline_writer import write_offline

        return write_offline(judged, sources)
    from include.judgement.insight.model_writer import ModelInsightWriter

    korean = sum(s.transcript.language == "ko" for s in sources)
    return ModelInsightWriter(settings.judge).write(sources, "ko" if 2 * korean >= len(sources) else "en")


def gather(context: StepContext, cards: Sequence[ArtifactRef]) -> GatheredInterviews:
    """The judged interviews behind `cards` and their documents, as sources labelled by stage.

    An interview whose consent was withdrawn meanwhile is left out, and that is recorded.

    Raises:
        NotFound: a card's interview was erased.
    """
    judged: list[JudgedCase] = []
    sources: list[InsightSource] = []
    papers: dict[str, InsightSource] = {}
    for ref in _allowed(context, cards):
        scored = load(context.stores, ref, ScoredInterview)
        case = load(context.stores, scored.case, PreparedCase).case
        judgements = tuple(j for line in scored.card.criteria for j in line.judgements)
        judged.append(JudgedCase(case.stage, case, judgements))
        sources.append(InsightSource(case.stage, case.stage, case.transcript))
        for document in case.documents:
            if document.text not in papers and document.text.strip():
                label = "document" if not papers else f"document-{len(papers) + 1}"
                papers[document.text] = document_source(document, label)
    return GatheredInterviews(tuple(judged), (*sources, *papers.values()))


def _cards(context: StepContext, interview: Interview, card: ArtifactRef) -> tuple[ArtifactRef, ...]:
    """The newest card of each stage of the application, this interview's own among them, in the stages' order."""
    stores = context.stores
    newest: dict[str, ArtifactRef] = {}
    for other in stores.interviews.list(candidate_id=interview.candidate_id):
        if other.application_id != interview.application_id or other.stage == interview.stage:
            continue
        if not _consented(context, other.id):
            continue
        found = stores.artifacts.list(other.id, "score")
        if found and other.status == "published":
            newest[other.stage] = found[-1]
    newest[interview.stage] = card
    return tuple(newest[stage] for stage in STAGES if stage in newest)


def _allowed(context: StepContext, cards: Sequence[ArtifactRef]) -> tuple[ArtifactRef, ...]:
    """Those of `cards` whose interview the candidate still consents to."""
    return tuple(ref for ref in cards if _consented(context, ref.interview_id))


def _consented(context: StepContext, interview_id: str) -> bool:
    try:
        consented_interview(context.stores, interview_id)
    except ConsentMissing:
        reason = {"reason": "consent_missing"}
        context.stores.record("insight.stage_left_out", f"interview:{interview_id}", reason)
        return False
    return True


def _claim_of(insight: Insight) -> Claim:
    return Claim(insight.id, insight.kind, insight.text, tuple(q.utterance_id for q in insight.quotes))
