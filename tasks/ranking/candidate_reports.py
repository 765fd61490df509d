"""The report of one candidate over all stages: HTML and PDF in both languages, CSV and XLSX, with the same numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from include.interview.answer_index.records import SimilarAnswers
from include.interview.errors import NotFound
from include.interview.insight.records import Insight, InsightTally
from include.interview.ranking.comparing import Part, criterion_parts, stage_parts
from include.interview.ranking.counting import counting_cards
from include.interview.ranking.next_steps import ApplicationProgress, StageProgress, next_steps
from include.interview.ranking.records import RankedCandidate, Snapshot, SnapshotInput, StageCard, StageScore
from include.interview.ranking.snapshots import changes
from include.interview.records import Bilingual, CriterionScore, Scorecard, Stage
from include.interview.report import PanelRatings
from include.interview.scoring.levels import LEVEL_SPAN
from include.interview.stages import STAGES
from include.reporting.candidate import CandidateReport, CriterionLine, StageSheet, candidate_rows
from include.reporting.candidate_page import render_candidate_html, render_candidate_pdf
from include.storage import Stores
from tasks.evaluation.card_standing import require_rated
from tasks.evaluation.publish import people_ratings
from tasks.evaluation.similar_evidence import similar_by_criterion
from tasks.ranking.fairness import stages_recognised_worse
from tasks.ranking.progress import OpeningFacts, opening_facts, progress_of
from tasks.ranking.reports import candidate_names, earlier_snapshot, write_report, write_tables
from tasks.ranking.stored_reports import Format, Language

MOST_BESIDE = 24
"""Candidates that the picture shows beside the one it is about, nearest in the ranking."""


def candidate_report(
    stores: Stores, application_id: str, *, blind: bool = False, reader: str | None = None
) -> CandidateReport:
    """What the report of one application shows, beside the served ranking of its opening. Its reading is audited.

    Cards are shown by the rule of rankings and fairness reports: none that waits for a person or was withheld, none
    without consent, none of who withdrew. People's ratings are shown once everybody who conducted the interview rated.

    Args:
        blind: applications keep their ids, no name is read, and no words of the candidate are shown.
        reader: the account that reads it; None for who works at the command line.

    Raises:
        NotFound: no such application, its opening was never ranked, it was erased (code "erased"), or the reader has
            yet to rate an interview of the opening (code "rate_first").
        ServiceFailure: database or Chroma cannot be used.
    """
    application = stores.applications.get(application_id)
    opening_id = application.opening_id
    if reader is not None:
        require_rated(stores, opening_id, reader)
    served = stores.rankings.served_id(opening_id)
    snapshot, state = stores.rankings.get(served), stores.rankings.state(opening_id)
    facts = opening_facts(stores, opening_id, application)
    if facts.applicants[application_id].erased:
        raise NotFound("The candidate of this application was erased.", "Nothing is left to report.", code="erased")
    heads = {head.id: head.number for head in stores.rankings.list(opening_id)}
    before = earlier_snapshot(stores, heads, heads[served])
    changed = () if before is None else changes(before[1], snapshot)
    place = next((one for one in snapshot.ranking.candidates if one.id == application_id), None)
    together = _together(snapshot, place)
    drawn = _drawn(snapshot, place, together)
    progress = progress_of(stores, facts, snapshot, [application_id])[application_id]
    shown = (application_id, *together, *(one.id for one in drawn))
    stores.record("application.reported", f"application:{application_id}", {"ranking": served, "blind": blind})
    return CandidateReport(
        title=facts.opening.title,
        application_id=application_id,
        snapshot_id=served,
        number=heads[served],
        taken_at=snapshot.taken_at,
        looked_at=datetime.now(UTC).isoformat(),
        k=snapshot.k,
        ranked=len(snapshot.ranking.candidates),
        names={} if blind else candidate_names(stores, opening_id, dict.fromkeys(shown)),
        stages=_sheets(stores, facts, snapshot, application_id, progress, ranked=place is not None),
        steps=next_steps(progress),
        place=place,
        apart=next((one for one in snapshot.apart if one.id == application_id), None),
        together=together,
        drawn=drawn,
        change=next((one for one in changed if one.id == application_id), None),
        insights=None if blind else _approved(stores, facts, application_id),
        tally=_tally(facts, application_id),
        warnings=dict(snapshot.warnings),
        failures={} if state is None else dict(state.failures),
        recognised_worse=stages_recognised_worse(stores, opening_id),
    )


def write_candidate_report(
    stores: Stores, application_id: str, folder: Path, *, blind: bool = False, reader: str | None = None
) -> list[Path]:
    """Write `candidate.{ko,en}.{html,pdf}`, `candidate.csv` and `candidate.xlsx` into `folder`, for this user only.

    Returns:
        The files' paths.

    Raises:
        As `candidate_report`; OSError: the folder cannot be written.
    """
    report = candidate_report(stores, application_id, blind=blind, reader=reader)
    return write_report(
        folder,
        "candidate",
        lambda language: render_candidate_html(report, language),
        lambda language: render_candidate_pdf(report, language),
        candidate_rows(report),
    )


def candidate_file(
    stores: Stores, application_id: str, kind: Format, language: Language, *, blind: bool, reader: str
) -> bytes:
    """One file of the report, made anew; the arguments and what is raised are those of `candidate_report`.

    Args:
        kind: html, pdf, xlsx or csv.
        language: of pages; the tables are one for both languages.
    """
    report = candidate_report(stores, application_id, blind=blind, reader=reader)
    if kind == "html":
        return render_candidate_html(report, language).encode()
    if kind == "pdf":
        return render_candidate_pdf(report, language)
    with stores.private_folder() as folder:
        write_tables(folder, "candidate", candidate_rows(report))
        return (folder / f"candidate.{kind}").read_bytes()


def _together(snapshot: Snapshot, place: RankedCandidate | None) -> tuple[str, ...]:
    from include.statistics.ranking import not_apart

    return () if place is None else not_apart(snapshot.ranking, place.id)


def _drawn(snapshot: Snapshot, place: RankedCandidate | None, together: tuple[str, ...]) -> tuple[RankedCandidate, ...]:
    """The candidate and those not told apart from it who are nearest in the ranking, in its order."""
    everybody = snapshot.ranking.candidates
    if place is None or len(everybody) < 2:
        return ()
    order = {one.id: number for number, one in enumerate(everybody)}
    near = sorted(together, key=lambda one: abs(order[one] - order[place.id]))[:MOST_BESIDE]
    return tuple(everybody[number] for number in sorted(order[one] for one in (place.id, *near)))


def _counting(facts: OpeningFacts, application_id: str) -> dict[Stage, tuple[StageCard, Scorecard]]:
    """Stage -> the application's card that counts, as the ranking sees it and as it is stored."""
    pairs = ((card, facts.card_of(card)) for card in counting_cards(facts.applicants[application_id]))
    return {card.stage: (card, stored) for card, stored in pairs if stored is not None}


def _sheets(
    stores: Stores,
    facts: OpeningFacts,
    snapshot: Snapshot,
    application_id: str,
    progress: ApplicationProgress,
    *,
    ranked: bool,
) -> tuple[StageSheet, ...]:
    inputs = {one.stage: one for one in snapshot.inputs if one.application_id == application_id} if ranked else {}
    cards = _counting(facts, application_id)
    parts: dict[tuple[Stage, str | None], Part] = {}
    if inputs:
        scores = {stage: StageScore(one.total, one.sem) for stage, one in inputs.items()}
        same = {stage: stored.criteria for stage, (card, stored) in cards.items() if _same(inputs.get(stage), card)}
        found = (*stage_parts(scores, snapshot.weights), *criterion_parts(same, snapshot.weights))
        parts = {(part.stage, part.criterion): part for part in found}
    return tuple(
        _sheet(stores, snapshot, one, cards.get(one.rubric.stage), inputs.get(one.rubric.stage), parts)
        for one in progress.stages
    )


def _same(one: SnapshotInput | None, card: StageCard) -> bool:
    """Whether the card is the one that the snapshot rests on."""
    return one is not None and (one.card_id, one.sha256) == (card.card_id, card.sha256)


def _sheet(
    stores: Stores,
    snapshot: Snapshot,
    progress: StageProgress,
    found: tuple[StageCard, Scorecard] | None,
    used: SnapshotInput | None,
    parts: Mapping[tuple[Stage, str | None], Part],
) -> StageSheet:
    stage = progress.rubric.stage
    whole = parts.get((stage, None))
    given = StageSheet(
        stage=stage,
        name=progress.rubric.name,
        state=progress.state,
        weight=snapshot.weights[stage],
        contribution=None if whole is None else whole.points,
        contribution_sem=None if whole is None else whole.sem,
        changed=used is not None and (found is None or not _same(used, found[0])),
        raters_missing=progress.raters_missing,
    )
    if found is None:
        return given
    card, stored = found
    rated = _ratings(stores, stored.interview_id, progress)
    similar = _similar(stores, stored.interview_id)
    names = {criterion.id: criterion.name for criterion in progress.rubric.criteria}
    lines = tuple(
        _line(
            line,
            names.get(line.criterion, Bilingual(line.criterion, line.criterion)),
            parts.get((stage, line.criterion)),
            rated,
            None if similar is None else similar.get(line.criterion),
        )
        for line in stored.criteria
        if line.status != "disabled"
    )
    return msgspec.structs.replace(
        given, total=card.total, sem=card.sem, lines=lines, raters=rated.raters, compared=similar is not None
    )


def _line(
    line: CriterionScore, name: Bilingual, part: Part | None, rated: PanelRatings, similar: SimilarAnswers | None
) -> CriterionLine:
    levels = ({one.criterion: one.level for one in sheet.ratings} for sheet in rated.sheets)
    return CriterionLine(
        criterion=line.criterion,
        name=name,
        status=line.status,
        weight=line.effective_weight,
        level=line.level,
        level_sem=None if line.sem is None else line.sem * LEVEL_SPAN,
        points=line.points,
        contribution=None if part is None else part.points,
        contribution_sem=None if part is None else part.sem,
        reason=None if line.reason is None else line.reason.text,
        ratings=tuple(given.get(line.criterion) for given in levels),
        similar=similar,
    )


def _ratings(stores: Stores, interview_id: str, progress: StageProgress) -> PanelRatings:
    """What people gave; nothing while somebody who conducted the interview has yet to rate it."""
    if progress.raters_missing or not STAGES[progress.rubric.stage].live:
        return PanelRatings()
    return people_ratings(stores, stores.interviews.get(interview_id))


def _similar(stores: Stores, interview_id: str) -> dict[str, SimilarAnswers] | None:
    """Criterion -> what may be said of similar answers; None where the answers may not be looked for."""
    try:
        return similar_by_criterion(stores, interview_id)
    except NotFound:
        return None


def _insight_interview(facts: OpeningFacts, application_id: str) -> str | None:
    """The interview with a card that counts after which insights are written; None where there is none."""
    cards = _counting(facts, application_id)
    return next((stored.interview_id for stage, (_, stored) in cards.items() if STAGES[stage].has_insights), None)


def _approved(stores: Stores, facts: OpeningFacts, application_id: str) -> tuple[Insight, ...]:
    interview = _insight_interview(facts, application_id)
    if interview is None:
        return ()
    return tuple(one for one in stores.insights.list(interview) if one.status == "accepted")


def _tally(facts: OpeningFacts, application_id: str) -> InsightTally | None:
    interview = _insight_interview(facts, application_id)
    return None if interview is None else facts.tallies.get(interview, InsightTally(0, 0, 0))
