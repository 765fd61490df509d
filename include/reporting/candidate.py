"""What a candidate's report over all stages shows, and the rows of its tables; no figure is computed here."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from include.interview.answer_index.records import SimilarAnswers
from include.interview.insight.records import Insight, InsightTally
from include.interview.ranking.next_steps import NextStep, StageState
from include.interview.ranking.records import Apart, Change, RankedCandidate
from include.interview.records import Bilingual, CriterionStatus, Record, Stage
from include.reporting.exports import Cell
from include.reporting.ranking import MOST_LISTED, named


class CriterionLine(Record, frozen=True):
    """One criterion of a stage's card: `level` and `level_sem` on the anchors' scale, `points` of the stage's 100.

    `contribution`: points of the composite, where the candidate is ranked and the card is still that of the ranking.
    `ratings`: people's levels in the order of the stage's raters, None where one gave none. `similar`: what may be said
    of other candidates' answers like those this rests on; None where none are compared.
    """

    criterion: str
    name: Bilingual
    status: CriterionStatus
    weight: float
    level: float | None = None
    level_sem: float | None = None
    points: float | None = None
    contribution: float | None = None
    contribution_sem: float | None = None
    reason: Bilingual | None = None
    ratings: tuple[int | None, ...] = ()
    similar: SimilarAnswers | None = None


class StageSheet(Record, frozen=True):
    """One stage of the application; without a card that counts it has neither total nor lines.

    `total` and `sem` in points, of the newest card that counts; `contribution` in points of the composite. `changed`:
    the card is not that of the ranking any more. `raters`: logins of who rated, once all have; `raters_missing`: how
    many have yet to. `compared`: whether its answers were compared with other candidates'.
    """

    stage: Stage
    name: Bilingual
    state: StageState
    weight: float
    total: float | None = None
    sem: float | None = None
    contribution: float | None = None
    contribution_sem: float | None = None
    changed: bool = False
    lines: tuple[CriterionLine, ...] = ()
    raters: tuple[str, ...] = ()
    raters_missing: int = 0
    compared: bool = False


class CandidateReport(Record, frozen=True):
    """Everything a report about one candidate shows.

    `names`: application id -> what the person is called; empty in a blind report, which shows ids. `drawn`: the
    candidate and some of those it is not told apart from, in the ranking's order. `apart`: why the candidate is not
    ranked; also None for who came after the ranking. `looked_at`: when stages, ratings and insights were read (UTC, ISO
    8601). `insights`: approved ones; None in a blind report, whose `tally` counts them.
    """

    title: Bilingual
    application_id: str
    snapshot_id: str
    number: int
    taken_at: str
    looked_at: str
    k: int
    ranked: int
    names: dict[str, str]
    stages: tuple[StageSheet, ...]
    steps: tuple[NextStep, ...]
    place: RankedCandidate | None = None
    apart: Apart | None = None
    together: tuple[str, ...] = ()
    drawn: tuple[RankedCandidate, ...] = ()
    change: Change | None = None
    insights: tuple[Insight, ...] | None = None
    tally: InsightTally | None = None
    warnings: dict[str, int] = msgspec.field(default_factory=dict)
    failures: dict[str, int] = msgspec.field(default_factory=dict)
    recognised_worse: tuple[str, ...] = ()


class Figure(Record, frozen=True):
    """One line of the tables: a number with its standard error where it has one, or a text."""

    section: str
    figure: str
    value: float | None = None
    sem: float | None = None
    text: str | None = None
    stage: Stage | None = None
    criterion: str | None = None


def candidate_rows(report: CandidateReport) -> list[dict[str, Cell]]:
    """The rows of the CSV and XLSX files, one figure a row, as exact as the page shows them.

    Each row names the application, the data's time and the snapshot.
    """
    return [
        {
            "section": one.section,
            "stage": one.stage,
            "criterion": one.criterion,
            "figure": one.figure,
            "value": one.value,
            "sem": one.sem,
            "text": one.text,
            "application": report.application_id,
            "candidate": report.names.get(report.application_id),
            "data_of": report.taken_at,
            "looked_at": report.looked_at,
            "snapshot": report.snapshot_id,
        }
        for one in (*_place(report), *_stages(report), *_insights(report), *_steps(report))
    ]


def _rounded(value: float | None, digits: int = 1) -> float | None:
    return None if value is None else float(f"{value:.{digits}f}")


def _place(report: CandidateReport) -> Iterator[Figure]:
    place = report.place
    if place is None:
        reason = "not_yet_ranked" if report.apart is None else report.apart.reason
        yield Figure("place", "reason_apart", text=reason, stage=None if report.apart is None else report.apart.stage)
        return
    yield Figure("place", "composite", _rounded(place.composite), _rounded(place.sem))
    for name, count in (("rank", place.rank), ("rank_best", place.best), ("rank_worst", place.worst)):
        yield Figure("place", name, count)
    yield Figure("place", "p_top_k", _rounded(place.p_top_k, 2))
    yield Figure("place", "sensitivity", _rounded(place.sensitivity, 2))
    yield Figure("place", "k", report.k)
    yield Figure("place", "ranked", report.ranked)
    together = named(report.together, report.names, MOST_LISTED)
    yield Figure("place", "not_apart_from", len(report.together), text=together or None)
    if report.change is not None:
        yield Figure("place", "change", text=report.change.cause)


def _stages(report: CandidateReport) -> Iterator[Figure]:
    for sheet in report.stages:
        stage = sheet.stage
        yield Figure("stage", "state", text=sheet.state, stage=stage)
        yield Figure("stage", "weight", _rounded(sheet.weight, 0), stage=stage)
        if sheet.total is not None:
            yield Figure("stage", "total", _rounded(sheet.total), _rounded(sheet.sem), stage=stage)
        if sheet.contribution is not None:
            points, sem = _rounded(sheet.contribution), _rounded(sheet.contribution_sem)
            yield Figure("stage", "contribution", points, sem, stage=stage)
        for line in sheet.lines:
            yield from _line(sheet, line)


def _line(sheet: StageSheet, line: CriterionLine) -> Iterator[Figure]:
    def figure(name: str, value: float | None = None, sem: float | None = None, text: str | None = None) -> Figure:
        return Figure("criterion", name, value, sem, text, sheet.stage, line.criterion)

    yield figure("status", text=line.status)
    if line.level is not None:
        yield figure("level", _rounded(line.level), _rounded(line.level_sem))
    if line.points is not None:
        yield figure("points", _rounded(line.points))
    if line.contribution is not None:
        yield figure("contribution", _rounded(line.contribution), _rounded(line.contribution_sem))
    for rater, level in zip(sheet.raters, line.ratings, strict=True):
        if level is not None:
            yield figure("rating", level, text=rater)
    if line.similar is not None and line.similar.answers is not None:
        yield figure("similar_answers", line.similar.answers, text=", ".join(line.similar.usually_missing) or None)


def _insights(report: CandidateReport) -> Iterator[Figure]:
    if report.tally is not None:
        yield Figure("insights", "approved", report.tally.approved)
        yield Figure("insights", "undecided", report.tally.undecided)
    for one in report.insights or ():
        for language, sentence in one.text.given():
            yield Figure("insights", f"{one.kind}_{language}", text=sentence)


def _steps(report: CandidateReport) -> Iterator[Figure]:
    for place, step in enumerate(report.steps, start=1):
        criteria = ", ".join(step.criteria) or None
        yield Figure("next_step", step.code, place, text=step.text.en, stage=step.stage, criterion=criteria)
        yield Figure("next_step", f"{step.code}_ko", place, text=step.text.ko, stage=step.stage, criterion=criteria)
