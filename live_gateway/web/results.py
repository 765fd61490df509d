"""What a live interview has come to, as the result page shows it. Formats and orders; computes no score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from include.interview.assessment.rubric import Rubric
from include.interview.live.session import LiveSession
from include.interview.records import CriterionScore, ReviewReason, Scorecard, Transcript
from include.interview.scoring.card import LEVEL_SPAN
from include.interview.scoring.review import UNDER_REVIEW, Standing
from include.interview.stages import STAGES
from include.interview.voice.records import DeliveryReview
from include.reporting.charts import describe_level
from include.reporting.comparison import BesideView, beside_view
from include.reporting.delivery import DeliveryView, delivery_view
from include.reporting.evidence import Anchors, ObservationView, QuoteView, evidence_views
from include.reporting.formatting import decimal, fixed
from include.reporting.strings import Strings
from include.reporting.transcript import TranscriptRow, transcript_rows
from include.storage import Stores
from live_gateway.web.contest_form import ContestForm
from live_gateway.web.review_form import ReviewForm, review_form
from tasks.evaluation.card_review import CardUnderReview, card_under_review
from tasks.live.results import LiveResult, LiveTalk, delivery_of, live_result, live_talk_of, offline_transcript_of

NOTHING_SAID = Transcript(source="speech", language="", language_probability=None, utterances=())


@dataclass(frozen=True)
class CriterionCell:
    """One criterion on one card: a level with its error, or why there is none, and what it rests on."""

    level: str | None
    sem: str | None
    points: str | None
    status: str
    reason: str
    rationale: str
    quotes: tuple[QuoteView, ...]
    observations: tuple[ObservationView, ...]

    @property
    def grounded(self) -> bool:
        """Whether there is more to read than the reason why there is no level."""
        return self.status == "scored" or bool(self.quotes or self.observations)


@dataclass(frozen=True)
class CardView:
    """One card: its total where there is one, and what is missing where there is none."""

    total: str | None
    sem: str | None
    missing: tuple[str, ...]
    judges: tuple[str, ...]
    cells: dict[str, CriterionCell]


@dataclass(frozen=True)
class CriterionRow:
    """One criterion of the rubric on both cards."""

    id: str
    name: str
    weight: str
    live: CriterionCell | None
    offline: CriterionCell | None
    difference: str
    within: str

    @property
    def grounded(self) -> bool:
        """Whether either card has something to read on it."""
        return any(cell is not None and cell.grounded for cell in (self.live, self.offline))


@dataclass(frozen=True)
class ResultView:
    """Values of the result page. `state` and `standing` as `LiveResult`; `rs` are the reports' own words.

    `reasons`: why a person has to look at the card, for who may see it meanwhile. `form`: where the reader can answer.
    `delivery`: where to listen, once the offline card is shown.
    """

    state: str
    standing: Standing
    reasons: tuple[str, ...]
    live: CardView | None
    offline: CardView | None
    rows: tuple[CriterionRow, ...]
    beside: BesideView | None
    transcript: tuple[TranscriptRow, ...]
    notes: tuple[tuple[float, str], ...]
    rs: Strings
    form: ReviewForm | ContestForm | None = None
    delivery: DeliveryView | None = None


def result_view(
    stores: Stores,
    session: LiveSession,
    rubric: Rubric,
    language: str,
    *,
    reviewing: bool = False,
    reader: str | None = None,
    moments: Sequence[float] = (),
) -> ResultView:
    """The result of a live session so far. The reads are audit entries. `reviewing` and `reader` as `live_result`.

    Args:
        moments: seconds of the interview to which other parts of the page link, in the live transcript.

    Raises: as `live_result`.
    """
    result = live_result(stores, session.id, reviewing=reviewing, reader=reader)
    talk = live_talk_of(stores, session.id)
    heard = offline_transcript_of(stores, session.id) if result.offline is not None else None
    spoken = None if result.offline is None else delivery_of(stores, session.id)
    if talk is not None and reader in session.interviewers:
        talk = own_notes_only(talk, session, reader)
    if not (reviewing and reader is not None and result.standing.state == "under_review"):
        return view_of(result, talk, heard, rubric, language, moments, spoken=spoken)
    asked = card_under_review(stores, session.id, reader)
    form = None if asked is None else review_form(stores, session.id, language)
    return view_of(result, talk, heard, rubric, language, moments, asked, form, spoken=spoken)


def recorded_view(stores: Stores, interview_id: str, asked: CardUnderReview, language: str) -> ResultView:
    """The card of a recorded interview as its reviewer reads it, beside the words it quotes, with the form."""
    result = LiveResult(interview_id, "review", UNDER_REVIEW)
    talk = LiveTalk(asked.case.transcript, ())
    form = review_form(stores, interview_id, language)
    return view_of(result, talk, None, asked.case.rubric, language, (), asked, form)


def own_notes_only(talk: LiveTalk, session: LiveSession, reader: str | None) -> LiveTalk:
    """`talk` as a member of the panel reads it: with their own notes; all of them where one conducts the interview."""
    if STAGES[session.stage].interviewers == 1:
        return talk
    return msgspec.structs.replace(talk, notes=tuple(note for note in talk.notes if note.author == reader))


def view_of(
    result: LiveResult,
    talk: LiveTalk | None,
    heard: Transcript | None,
    rubric: Rubric,
    language: str,
    moments: Sequence[float] = (),
    asked: CardUnderReview | None = None,
    form: ReviewForm | ContestForm | None = None,
    spoken: DeliveryReview | None = None,
) -> ResultView:
    """The view of a result. The offline card quotes `heard`; both cards lead into the live transcript by time.

    `spoken`: voice and tone of the answers. `asked`: the offline card while a person is asked about it, for who
    answers in `form`.
    """
    if asked is not None:
        result, heard = msgspec.structs.replace(result, offline=asked.card), asked.case.transcript
    rs = Strings(language)
    anchors = Anchors(talk.transcript if talk is not None else NOTHING_SAID)
    names = {c.id: c.name.text(language) for c in rubric.criteria}
    live = None if result.live is None else card_view(result.live, names, anchors, rs)
    again = Anchors(heard if heard is not None else NOTHING_SAID)
    offline = None if result.offline is None else card_view(result.offline, names, again, rs)
    anchors.times.update(again.times)
    for moment in moments:
        anchors.moment(moment)
    delivery = delivery_view(spoken, anchors, rs)
    beside = beside_view(result.comparison, names, anchors, rs)
    rows, _ = transcript_rows(anchors.transcript, anchors)
    return ResultView(
        state=result.state,
        standing=result.standing,
        reasons=_reasons(result, asked, names, language),
        live=live,
        offline=offline,
        rows=_rows(result, rubric, live, offline, beside, language),
        beside=beside,
        transcript=rows,
        notes=() if talk is None else tuple((note.at_s, note.text) for note in talk.notes),
        rs=rs,
        form=form,
        delivery=delivery,
    )


def _reasons(
    result: LiveResult, asked: CardUnderReview | None, names: dict[str, str], language: str
) -> tuple[str, ...]:
    why: tuple[ReviewReason, ...] = ()
    if asked is not None:
        why = asked.reasons
    elif result.live is not None and result.standing.state == "under_review":
        why = result.live.review
    found = ((names.get(r.criterion or "", ""), r.text.text(language)) for r in why)
    return tuple(f"{name}: {text}" if name else text for name, text in found)


def _rows(
    result: LiveResult,
    rubric: Rubric,
    live: CardView | None,
    offline: CardView | None,
    beside: BesideView | None,
    language: str,
) -> tuple[CriterionRow, ...]:
    card = result.offline or result.live
    weights = {} if card is None else {score.criterion: score.effective_weight for score in card.criteria}
    compared = {row.name: row for row in beside.rows if not row.total} if beside is not None else {}
    rows = []
    for criterion in rubric.criteria:
        name = criterion.name.text(language)
        pair = compared.get(name)
        rows.append(
            CriterionRow(
                id=criterion.id,
                name=name,
                weight=decimal(weights.get(criterion.id, 0.0), 1),
                live=None if live is None else live.cells.get(criterion.id),
                offline=None if offline is None else offline.cells.get(criterion.id),
                difference="" if pair is None else pair.difference,
                within="" if pair is None else pair.within,
            )
        )
    return tuple(rows)


def card_view(card: Scorecard, names: dict[str, str], anchors: Anchors, rs: Strings) -> CardView:
    """One card in words: its total or what is missing, and each criterion with what it rests on."""
    complete = card.status == "complete" and card.total is not None
    return CardView(
        total=fixed(card.total) if complete and card.total is not None else None,
        sem=fixed(card.total_sem) if complete and card.total_sem is not None else None,
        missing=tuple(names.get(criterion, criterion) for criterion in card.missing),
        judges=tuple(dict.fromkeys(judge.name for judge in card.judges)),
        cells={score.criterion: _cell(score, anchors, rs) for score in card.criteria},
    )


def _cell(score: CriterionScore, anchors: Anchors, rs: Strings) -> CriterionCell:
    level = sem = points = None
    if score.status == "scored" and score.level is not None:
        level, sem = describe_level(score.level, None if score.sem is None else score.sem * LEVEL_SPAN)
        points = None if score.points is None else fixed(score.points)
    quotes, observations = evidence_views(score.evidence, anchors, rs)
    return CriterionCell(
        level=level,
        sem=sem,
        points=points,
        status=score.status,
        reason=score.reason.text.text(rs.language) if score.reason else "",
        rationale=next((text for j in score.judgements if (text := j.rationale.text(rs.language).strip())), ""),
        quotes=quotes,
        observations=observations,
    )
