"""The last steps of every flow: asking for a review, recording its decision, and publishing card and reports."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import msgspec

from include.interview.entities import ArtifactRef, Consent, Interview
from include.interview.errors import ConsentMissing, NotFound
from include.interview.insight.records import Insight
from include.interview.live.comparison import CardComparison
from include.interview.live.session import LiveRecord
from include.interview.records import Scorecard
from include.interview.report import PanelRatings, ReportContext, Thumbnail
from include.interview.stages import STAGES
from include.interview.voice.records import DeliveryReview
from include.storage import Stores
from include.storage.repositories.scorecards import without_words
from tasks.evaluation.answers import index_answers
from tasks.evaluation.card_standing import live_reasons, require_published
from tasks.evaluation.comparison import COMPARE_STEP, compare_cards
from tasks.evaluation.consent_gate import consented, consented_interview
from tasks.evaluation.context import StepContext
from tasks.evaluation.outputs import DELIVERY_STEP, PreparedCase, ScoredInterview, VisionOutput, load

REPORT_LANGUAGES = ("ko", "en")
PAGES = tuple(f"report.{language}.html" for language in REPORT_LANGUAGES)
PRINTS = tuple(f"report.{language}.pdf" for language in REPORT_LANGUAGES)
"""Names of the report's files, on the screen and on paper: the second take several times as long to make."""


def review_needed(context: StepContext, card: ArtifactRef) -> tuple[str, ...]:
    """Codes of the rules that ask for a person; empty when the card may be published as it is.

    Publishing the card of a live interview also shows its live card, so a rule that asks for a person there counts as
    well: its code begins with "live.".
    """
    stores, interview_id = context.stores, context.interview_id
    reasons = load(stores, card, ScoredInterview).card.review
    found = [r.code for r in reasons] + [f"live.{r.code}" for r in live_reasons(stores, interview_id)]
    codes = tuple(dict.fromkeys(found))
    if codes:
        stores.reviews.ask(interview_id, card.id, codes)
        stores.interviews.set_status(interview_id, "review")
    return codes


def record_review(
    context: StepContext,
    card: ArtifactRef,
    decision: str,
    reviewer: str,
) -> None:
    """Put the reviewer's decision about the card (publish or withhold, and its ground) into the audit chain.

    It decides about the card only: an application's status changes by a decision of its own.
    """
    context.stores.acting_as(reviewer).reviews.answer(context.interview_id, card.id, decision)


def report_context(
    stores: Stores,
    card: Scorecard,
    prepared: PreparedCase,
    created_at: str,
    compared: ArtifactRef | None = None,
    delivered: ArtifactRef | None = None,
    *,
    drafts: bool = False,
) -> ReportContext:
    """What a report shows beside `card`, which is the card of the stored case `prepared`.

    Args:
        created_at: printed as it is given.
        compared: the comparison with the live transcript, if there was one.
        delivered: voice and tone of the answers, if they were described.
        drafts: show insights that nobody has decided about as well: for who decides about them.

    Raises:
        ConsentMissing: a consent is missing or withdrawn. NotFound: the interview was erased.
    """
    interview, _ = consented_interview(stores, card.interview_id)
    case = prepared.case
    return ReportContext(
        candidate_name=stores.candidates.get(interview.candidate_id).name,
        opening_title=case.opening.title,
        created_at=created_at,
        rubric=case.rubric,
        profile=case.profile,
        transcript=case.transcript,
        measurements=case.measurements,
        recordings=prepared.recordings,
        questions=case.opening.questions,
        marks=prepared.marks,
        documents=tuple(document.kind for document in case.documents),
        consent=_consent(stores, interview.candidate_id, interview.id),
        thumbnails=_thumbnails(stores, prepared.vision),
        comparison=_comparison(stores, prepared.live, card, compared),
        insights=_insights(stores, interview, drafts=drafts),
        panel=panel_ratings(stores, interview),
        delivery=load(stores, delivered, DeliveryReview) if delivered else None,
    )


def _insights(stores: Stores, interview: Interview, *, drafts: bool) -> tuple[Insight, ...] | None:
    """Approved insights, with undecided ones where `drafts`; None for a stage after which none are written."""
    if not STAGES[interview.stage].has_insights:
        return None
    shown = ("accepted", "draft") if drafts else ("accepted",)
    return tuple(one for one in stores.insights.list(interview.id) if one.status in shown)


def panel_ratings(stores: Stores, interview: Interview) -> PanelRatings | None:
    """What everybody on the panel gave, once all have rated; None where no panel conducts the interview."""
    return None if STAGES[interview.stage].interviewers == 1 else people_ratings(stores, interview)


def people_ratings(stores: Stores, interview: Interview) -> PanelRatings:
    """What everybody who conducted the interview gave, once all have rated. The read is an audit entry.

    Raises:
        NotFound: no such interview, or (code "erased") the key was destroyed.
    """
    sheets = stores.ratings.list(interview.id)
    try:
        conducting = stores.live_sessions.get(interview.id).interviewers
    except NotFound:  # evaluated from a file: nobody held it through the gateway
        conducting = ()
    missing = len(set(conducting) - {sheet.rater_id for sheet in sheets})
    if missing:
        return PanelRatings(missing=missing)
    return PanelRatings(tuple(stores.accounts.get(sheet.rater_id).login for sheet in sheets), sheets)


def _thumbnails(stores: Stores, vision: ArtifactRef | None) -> tuple[Thumbnail, ...]:
    if vision is None:
        return ()
    return tuple(Thumbnail(t.time_s, t.jpeg) for t in load(stores, vision, VisionOutput).thumbnails)


def _comparison(
    stores: Stores, live: ArtifactRef | None, card: Scorecard, compared: ArtifactRef | None
) -> CardComparison | None:
    return compare_cards(stores, load(stores, live, LiveRecord), card, compared) if live else None


def _consent(stores: Stores, candidate_id: str, interview_id: str) -> Consent | None:
    given = [c for c in stores.consents.list(candidate_id) if c.withdrawn_at is None]
    own = [c for c in given if c.interview_id == interview_id]
    found = own or given
    return found[-1] if found else None


def render_reports(card: Scorecard, context: ReportContext) -> dict[str, bytes]:
    """File name -> bytes of the report as HTML and PDF in both languages."""
    return {name: _rendered(card, context, name) for name in (*PAGES, *PRINTS)}


def _rendered(card: Scorecard, context: ReportContext, name: str) -> bytes:
    from include.reporting import render_html, render_pdf

    _, language, kind = name.split(".")
    if kind == "pdf":
        return render_pdf(card, context, language)
    return render_html(card, context, language).encode()


def publish(
    context: StepContext,
    card: ArtifactRef,
    compared: ArtifactRef | None = None,
    delivered: ArtifactRef | None = None,
) -> dict[str, str]:
    """Store card, reports and answer vectors; repeating it changes nothing. Returns ids only.

    The card counts as soon as its pages are stored: nobody waits for what is printed and for the index, which follow.

    Args:
        card: the output of `score`, which names the case it is of.
        compared: the comparison with the live transcript, if there was one.
        delivered: voice and tone of the answers, if they were described.

    Raises:
        ConsentMissing: a consent was withdrawn meanwhile; nothing is published.
    """
    stores, interview_id = context.stores, context.interview_id
    interview, _ = consented(context)
    scored = load(stores, card, ScoredInterview)
    prepared = load(stores, scored.case, PreparedCase)
    card_id = stores.scorecards.publish(scored.card)
    report = report_context(stores, scored.card, prepared, _stamp(stores, interview_id), compared, delivered)
    reports = publish_reports(stores, card, scored.card, report, PAGES)
    stores.interviews.set_status(interview_id, "published")
    with ThreadPoolExecutor(max_workers=1) as beside:  # much of it is Chroma's process, which starts and writes
        indexed = beside.submit(index_answers, context, card)
        reports |= publish_reports(stores, card, scored.card, report, PRINTS)
        indexed.result()
    return {
        "scorecard_id": card_id,
        "opening_id": interview.opening_id,
        **{name: ref.id for name, ref in reports.items()},
    }


def _stamp(stores: Stores, interview_id: str) -> str:
    """When the card was first published, to the minute (UTC)."""
    return f"{stores.scorecards.published_at(interview_id):%Y-%m-%d %H:%M} UTC"


def publish_reports(
    stores: Stores,
    ref: ArtifactRef,
    card: Scorecard,
    context: ReportContext,
    names: Iterable[str] = (*PAGES, *PRINTS),
) -> dict[str, ArtifactRef]:
    """The report files called `names` of the card stored under `ref`, as encrypted artifacts; each rendered once."""
    inputs: list[ArtifactRef | str] = [ref, *_added_by_people(context)]
    return {
        name: stores.artifacts.run(ref.interview_id, name, inputs, partial(_rendered, card, context, name))
        for name in names
    }


def _added_by_people(context: ReportContext) -> list[str]:
    """A digest of what people approved and rated, and of the delivery: a report is rendered anew when they change."""
    added = (context.insights, context.panel, context.delivery)
    if added == (None, None, None):
        return []
    return [hashlib.sha256(msgspec.json.encode(added)).hexdigest()]


def stored_reports(
    stores: Stores, interview_id: str, reader: str | None = None, names: Sequence[str] = (*PAGES, *PRINTS)
) -> dict[str, bytes]:
    """File name -> bytes of the reports `names` of the interview's latest publication; `reader` as in `standing`.

    What is asked for and not there is rendered first: what is printed comes some seconds after the card, and where a
    panel conducts the stage somebody may have rated after the publication.

    Raises:
        NotFound: nothing is published for this interview, it is being reviewed (code "awaits_review") or withheld
            ("result_withheld"), or the reader has yet to rate it (code "rate_first").
    """
    require_published(stores, interview_id, reader)
    interview = stores.interviews.get(interview_id)
    if interview.status == "published" and STAGES[interview.stage].interviewers > 1:
        _render(stores, interview_id, names)
    found = _newest_reports(stores, interview_id)
    if not found:
        raise NotFound(f"No report of interview {interview_id} is published.", "Trigger its run and wait for it.")
    missing = [name for name in names if name not in found]
    if missing and interview.status == "published":
        _render(stores, interview_id, missing)
        found = _newest_reports(stores, interview_id)
    return {name: stores.artifacts.read(found[name]) for name in names if name in found}


def _newest_reports(stores: Stores, interview_id: str) -> dict[str, ArtifactRef]:
    """File name -> the newest report of it; what was printed from an earlier page is none."""
    found: dict[str, ArtifactRef] = {}
    for ref in stores.artifacts.list(interview_id):
        if ref.kind in PAGES:
            found.pop(ref.kind.replace(".html", ".pdf"), None)
        if ref.kind in (*PAGES, *PRINTS):
            found[ref.kind] = ref
    return found


def _render(stores: Stores, interview_id: str, names: Sequence[str]) -> None:
    """Render these reports of the published card as it stands; what is stored already is not made again.

    The card is the published one and no newer that may wait for a person. Without the consents nothing is rendered any
    more, and what was published stays as it is.
    """
    published = stores.scorecards.list(interview_id=interview_id)
    if not published:
        return
    scored = (
        (ref, load(stores, ref, ScoredInterview)) for ref in reversed(stores.artifacts.list(interview_id, "score"))
    )
    found = next(((ref, one) for ref, one in scored if without_words(one.card) == published[0]), None)
    if found is None:
        return
    ref, one = found
    compared, delivered = (
        next(reversed(stores.artifacts.list(interview_id, step)), None) for step in (COMPARE_STEP, DELIVERY_STEP)
    )
    prepared = load(stores, one.case, PreparedCase)
    try:
        context = report_context(stores, one.card, prepared, _stamp(stores, interview_id), compared, delivered)
    except ConsentMissing:
        return
    publish_reports(stores, ref, one.card, context, names)


def draft(stores: Stores, interview_id: str, note: str) -> tuple[Scorecard, dict[str, bytes]]:
    """The latest scored card and its reports, whether published or waiting for a person; `note` stands for the date.

    Raises:
        NotFound: nothing is scored yet.
    """
    card, compared, delivered = (
        next(reversed(stores.artifacts.list(interview_id, step)), None)
        for step in ("score", COMPARE_STEP, DELIVERY_STEP)
    )
    if card is None:
        raise NotFound(f"Interview {interview_id} is not scored yet.", "Trigger its run and wait for it.")
    scored = load(stores, card, ScoredInterview)
    prepared = load(stores, scored.case, PreparedCase)
    context = report_context(stores, scored.card, prepared, note, compared, delivered, drafts=True)
    return scored.card, render_reports(scored.card, context)
