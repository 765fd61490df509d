"""Ratings of an opening as a page: where raters are far apart, how they agree, and how strict each is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from litestar import Response, get
from litestar.params import FromPath

from include.interview.agreement.records import MACHINE, Agreement, Estimate, RatingAnalysis
from include.interview.agreement.stored import QueueEntry, Settlement
from include.interview.assessment.rubric import opening_rubric
from include.interview.records import Opening
from include.interview.stages import STAGES
from include.reporting.formatting import fixed
from live_gateway.request_scope import RequestScope
from live_gateway.web.page_scope import PageRequest, page_scope
from live_gateway.web.rendering import page
from live_gateway.web.texts import Texts
from tasks.evaluation.agreement import divergence_queue, rating_analysis
from tasks.evaluation.card_standing import require_rated
from tasks.executive.insight_results import login_of
from tasks.ranking.listing import names_of


@dataclass(frozen=True)
class ApartRow:
    """One criterion of one interview at which a person must look, or which somebody settled.

    `own`: one of the levels is the reader's, who then cannot settle it. `settled`: by whom, when, and why.
    """

    id: str
    application_id: str
    name: str
    criterion: str
    raters: tuple[str, str]
    levels: tuple[str, str]
    difference: str
    own: bool
    settled: tuple[str, str, str] | None


@dataclass(frozen=True)
class AgreementRow:
    """Agreement on one criterion; `icc` and `kappa` with their intervals, or the reason why there is none."""

    criterion: str
    machine: bool
    interviews: int
    icc: str
    kappa: str
    reason: str


@dataclass(frozen=True)
class SeverityRow:
    """How strict one rater is."""

    rater: str
    ratings: int
    severity: str


@get("/openings/{opening_id:str}/ratings")
async def ratings_of_opening(request: PageRequest, opening_id: FromPath[str]) -> Response[str]:
    """The queue of divergences; agreement and severity for who may analyse ratings."""
    scope = page_scope(request, "divergence.read")
    scope.require()
    opening = await scope.run(scope.stores.openings.get, opening_id)
    await scope.run(require_rated, scope.stores, opening_id, scope.caller.account_id)
    queue = await scope.run(divergence_queue, scope.stores, opening_id, "all")
    analysis = await scope.run(rating_analysis, scope.stores, opening_id) if scope.may("rating.analyse") else None
    return await page(
        request, scope, "ratings.html.j2", opening=opening, **await scope.run(_views, scope, opening, queue, analysis)
    )


def _views(
    scope: RequestScope, opening: Opening, queue: tuple[QueueEntry, ...], analysis: RatingAnalysis | None
) -> dict[str, object]:
    t = Texts(scope.language)
    logins = {one.id: one.login for one in scope.stores.accounts.list()} | {MACHINE: t("ratings_page.machine")}
    rubrics = {stage: opening_rubric(stage, opening) for stage in STAGES}
    criteria = {
        f"{stage}/{c.id}": f"{t(f'stage.{stage}')} · {c.name.text(scope.language)}"
        for stage, rubric in rubrics.items()
        for c in rubric.criteria
    }
    names = names_of(scope.stores, opening.id, sorted({one.application_id for one in queue}), blind=False)
    rows = [_apart(one, names, criteria, logins, scope) for one in queue]
    apart = [row for row in rows if row.settled is None]
    settled = [row for row in rows if row.settled is not None]
    if analysis is None:
        return {"apart": apart, "settled": settled, "agreement": None, "severity": None, "why_not": ""}
    severity = [] if analysis.severity is None else [
        SeverityRow(logins.get(one.rater, one.rater), one.ratings, _with_error(one.severity, one.standard_error))
        for one in analysis.severity.raters
    ]  # fmt: skip
    return {
        "apart": apart,
        "settled": settled,
        "agreement": [_agreement(one, criteria, logins, scope.language) for one in analysis.agreement],
        "severity": severity,
        "why_not": "" if analysis.why_not is None else _named(analysis.why_not.text(scope.language), logins),
    }


def _apart(
    one: QueueEntry, names: dict[str, str], criteria: dict[str, str], logins: dict[str, str], scope: RequestScope
) -> ApartRow:
    (first, second), settled = one.raters, one.settled
    return ApartRow(
        id=one.id,
        application_id=one.application_id,
        name=names[one.application_id],
        criterion=criteria.get(f"{one.stage}/{one.criterion}", one.criterion),
        raters=(logins.get(first, first), logins.get(second, second)),
        levels=(fixed(one.levels[0], 1), fixed(one.levels[1], 1)),
        difference=fixed(one.difference, 1),
        own=scope.caller.account_id in one.raters,
        settled=None if settled is None else _settled(scope, settled),
    )


def _settled(scope: RequestScope, settled: Settlement) -> tuple[str, str, str]:
    return login_of(scope.stores, settled.actor), settled.settled_at, settled.reason


def _named(sentence: str, logins: dict[str, str]) -> str:
    """A sentence about raters with their logins where their ids stand."""
    ids = "|".join(re.escape(identity) for identity in logins)
    return re.sub(rf"\b(?:{ids})\b", lambda found: logins[found.group()], sentence)


def _agreement(one: Agreement, criteria: dict[str, str], logins: dict[str, str], language: str) -> AgreementRow:
    return AgreementRow(
        criterion=criteria.get(one.criterion, one.criterion),
        machine=one.among != "people",
        interviews=one.candidates,
        icc=_estimate(one.icc_2_k),
        kappa=_estimate(one.kappa),
        reason="" if one.reason is None else _named(one.reason.text(language), logins),
    )


def _estimate(one: Estimate) -> str:
    if one.value is None:
        return ""
    shown = fixed(one.value, 2)
    return shown if one.interval is None else f"{shown} [{fixed(one.interval[0], 2)}, {fixed(one.interval[1], 2)}]"


def _with_error(value: float, error: float) -> str:
    sign = "+" if value > 0 else ""
    return f"{sign}{fixed(value, 2)} ± {fixed(error, 2)}"
