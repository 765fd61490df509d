"""A candidate's report over all stages, as a page and as PDF: all text, with pictures readable without colour."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from include.interview.answer_index.records import SimilarAnswers
from include.interview.ranking.records import RankedCandidate
from include.interview.records import Stage
from include.reporting.candidate import CandidateReport, CriterionLine, StageSheet
from include.reporting.charts import describe_level, level_bar, total_scale
from include.reporting.formatting import fixed, share
from include.reporting.insights import InsightGroup, insight_groups
from include.reporting.rank_sets import ranks_of
from include.reporting.ranking import MOST_NAMED, named
from include.reporting.ranking_picture import rank_sets_picture
from include.reporting.scorecard import environment, own_style_policy, stylesheet
from include.reporting.strings import Strings

INSIGHT_STAGE: Stage = "executive"


@dataclass(frozen=True)
class CriterionView:
    """One criterion, all text; `ratings` in the order of the stage's raters, empty where one gave none."""

    name: str
    level: str
    bar: Markup
    note: str
    points: str
    contribution: str
    ratings: tuple[str, ...]
    similar: str


@dataclass(frozen=True)
class StageView:
    """One stage, all text; `notes` say what is missing or changed."""

    anchor: str
    name: str
    state: str
    weight: str
    total: str
    contribution: str
    chart: Markup | None
    notes: tuple[str, ...]
    raters: tuple[str, ...]
    rows: tuple[CriterionView, ...]
    compared: bool


@dataclass(frozen=True)
class PlaceView:
    """The candidate's place: labelled figures, a picture of rank sets, and whom it is not told apart from."""

    facts: tuple[tuple[str, str], ...]
    picture: Markup | None
    together: str
    change: str


def render_candidate_html(report: CandidateReport, language: str) -> str:
    """The report as one HTML file, without script or outside request.

    Args:
        language: "ko" or "en".

    Raises:
        ValueError: `language` is neither "ko" nor "en".
    """
    return _render(report, language, stylesheet(), own_style_policy())


def render_candidate_pdf(report: CandidateReport, language: str) -> bytes:
    """The same as a tagged PDF on A4, fonts embedded; every page names the candidate, the date and the snapshot.

    Raises:
        ValueError: `language` is neither "ko" nor "en".
    """
    from include.reporting.pdf import write_pdf

    return write_pdf(_render(report, language, stylesheet(paper=True), ""))


def _render(report: CandidateReport, language: str, css: str, csp: str) -> str:
    t = Strings(language)
    return (
        environment()
        .get_template("candidate.html.j2")
        .render(
            t=t,
            p="",
            language=language,
            name=report.names.get(report.application_id, report.application_id),
            title=report.title.text(language),
            origin=t("ranking.origin", date=_minute(report.taken_at), id=report.snapshot_id),
            looked_at=t("candidate.looked_at", date=_minute(report.looked_at)),
            number=report.number,
            warnings=[t("ranking.warning", name=name, n=count) for name, count in report.warnings.items()],
            failures=[t("ranking.failure", name=name, n=count) for name, count in report.failures.items()],
            worse=[t.label("stage", stage) or stage for stage in report.recognised_worse],
            steps=[(step.text.text(language), step.ground.text(language)) for step in report.steps],
            place=None if report.place is None else _place(report, report.place, t),
            apart=_apart(report, t),
            stages=[_stage(sheet, f"stage-{sheet.stage}", t) for sheet in report.stages],
            composite=None if report.place is None else _pair(report.place.composite, report.place.sem),
            insights=_insights(report, t),
            tally=_tally(report, t),
            css=Markup(css),  # noqa: S704 - our own file
            csp=csp,
        )
    )


def _minute(moment: str) -> str:
    return moment[:16].replace("T", " ")


def _pair(value: float, sem: float | None) -> str:
    return fixed(value) if sem is None else f"{fixed(value)} ± {fixed(sem)}"


def _place(report: CandidateReport, place: RankedCandidate, t: Strings) -> PlaceView:
    change = report.change
    said = "" if change is None else t(f"ranking.cause.{change.cause}")
    if change is not None and change.before is not None:
        said = t("ranking.changed", cause=said, ranks=ranks_of(change.before))
    return PlaceView(
        facts=(
            (t("ranking.composite"), _pair(place.composite, place.sem)),
            (t("ranking.rank_set"), t("candidate.of", ranks=ranks_of(place), n=report.ranked)),
            (t("candidate.top", k=report.k), share(place.p_top_k)),
            (t("ranking.sensitivity"), share(place.sensitivity)),
        ),
        picture=(
            rank_sets_picture(report.drawn, report.names, report.k, t, about=(place.id,)) if report.drawn else None
        ),
        together=named(report.together, report.names, MOST_NAMED),
        change=said,
    )


def _apart(report: CandidateReport, t: Strings) -> str:
    """Why the candidate has no place; empty where there is one."""
    if report.place is not None:
        return ""
    if report.apart is None:
        return t("candidate.not_yet")
    said = t(f"ranking.apart.{report.apart.reason}")
    return f"{said} ({t(f'stage.{report.apart.stage}')})" if report.apart.stage else said


def _stage(sheet: StageSheet, anchor: str, t: Strings) -> StageView:
    notes = []
    if sheet.state != "published":
        notes.append(t(f"candidate.state.{sheet.state}"))
    if sheet.changed:
        notes.append(t("candidate.changed"))
    if sheet.raters_missing:
        notes.append(t("panel.missing", n=sheet.raters_missing))
    chart = None
    if sheet.total is not None:
        title = (
            t("total.desc_exact", total=fixed(sheet.total))
            if sheet.sem is None
            else t("total.desc", total=fixed(sheet.total), sem=fixed(sheet.sem))
        )
        chart = total_scale(sheet.total, sheet.sem, uid=f"{anchor}-total", title=title)
    return StageView(
        anchor=anchor,
        name=sheet.name.text(t.language),
        state=sheet.state,
        weight=f"{fixed(sheet.weight, 0)}\u00a0%",
        total="" if sheet.total is None else _pair(sheet.total, sheet.sem),
        contribution="" if sheet.contribution is None else _pair(sheet.contribution, sheet.contribution_sem),
        chart=chart,
        notes=tuple(notes),
        raters=sheet.raters,
        rows=tuple(_criterion(line, f"{anchor}-{n}", t) for n, line in enumerate(sheet.lines)),
        compared=sheet.compared,
    )


def _criterion(line: CriterionLine, uid: str, t: Strings) -> CriterionView:
    level, note = "", ""
    if line.level is None:
        note = t(f"criterion_status.{line.status}")
        if line.reason is not None:
            note = f"{note}: {line.reason.text(t.language)}"
    else:
        value, sem = describe_level(line.level, line.level_sem)
        level = value if sem is None else f"{value} ± {sem}"
    name = line.name.text(t.language)
    bar = level_bar(line.level, line.level_sem, uid=uid, title=f"{name}: {level or note}", ticks=False)
    return CriterionView(
        name=name,
        level=level,
        bar=bar,
        note=note,
        points="" if line.points is None else f"{fixed(line.points)} / {fixed(line.weight)}",
        contribution="" if line.contribution is None else _pair(line.contribution, line.contribution_sem),
        ratings=tuple("" if level is None else str(level) for level in line.ratings),
        similar=_similar(line.similar, t),
    )


def _similar(found: SimilarAnswers | None, t: Strings) -> str:
    """Such as: answered 14 times, usually missing: result. Empty where nothing was compared."""
    if found is None:
        return ""
    if found.answers is None:
        return t("similar.few")
    said = t("similar.at_least" if found.at_least else "similar.answered", n=found.answers, people=found.people)
    if not found.usually_missing:
        return said
    parts = ", ".join(t(f"similar.part.{part}") for part in found.usually_missing)
    return f"{said} {t('similar.missing', parts=parts)}"


def _insights(report: CandidateReport, t: Strings) -> tuple[InsightGroup, ...]:
    return insight_groups(report.insights, INSIGHT_STAGE, None, t) or ()


def _tally(report: CandidateReport, t: Strings) -> str:
    """How many insights there are, where their words are not shown or some wait for a person."""
    tally = report.tally
    if tally is None or (report.insights is not None and not tally.undecided):
        return ""
    return t("candidate.tally", n=tally.approved, waiting=tally.undecided)
