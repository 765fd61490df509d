"""The first page of staff: what waits for who is logged in, by role."""

from __future__ import annotations

from dataclasses import dataclass

from litestar import Response, get

from include.interview.records import Opening
from live_gateway.problems import reason_text
from live_gateway.request_scope import RequestScope
from live_gateway.web.page_scope import PageRequest
from live_gateway.web.rendering import page
from live_gateway.web.staff import staff_scope
from live_gateway.web.texts import Texts
from tasks.waiting_work import (
    Work,
    WorkItem,
    contests_waiting,
    decisions_due,
    divergences_waiting,
    insights_waiting,
    own_work,
    rankings_stopped,
    reviews_waiting,
    runs_failed,
)


@dataclass(frozen=True)
class WorkLine:
    """One thing that waits, in words, with the page where it is done."""

    address: str
    words: str
    beside: str
    note: str


@dataclass(frozen=True)
class WorkView:
    """All of one kind. `more`: how many are not listed."""

    kind: str
    count: int
    lines: tuple[WorkLine, ...]
    more: int


@get("/home")
async def home_page(request: PageRequest) -> Response[str]:
    """What waits for the reader: only what the role may do something about."""
    scope = staff_scope(request, "opening.list")
    works = await scope.run(_works, scope)
    unready = await scope.services.unready() if scope.may("operations.read") else None
    return await page(request, scope, "home.html.j2", works=works, unready=unready)


def _works(scope: RequestScope) -> list[WorkView]:
    stores, account = scope.stores, scope.caller.account_id
    openings = {one.id: one for one in stores.openings.list()}
    found: list[Work] = []
    if scope.may("rating.write"):
        found += own_work(stores, account)
    if scope.may("card.review"):
        found.append(reviews_waiting(stores, account))
    if scope.may("contest.answer"):
        found.append(contests_waiting(stores, account))
    if scope.may("insight.decide"):
        found.append(insights_waiting(stores, account))
    if scope.may("interview.start"):
        found.append(runs_failed(stores))
    if scope.may("ranking.start"):
        found.append(rankings_stopped(stores))
    if scope.may("divergence.settle"):
        found.append(divergences_waiting(stores, account))
    if scope.may("decision.record"):
        found.append(decisions_due(stores, openings))
    waiting = [work for work in found if work.count]
    ids = {one.candidate_id for work in waiting for one in work.items if one.candidate_id is not None}
    known = stores.candidates.some(ids) if ids and scope.may("candidate.list") else {}
    names = {identity: one.name for identity, one in known.items()}
    t = Texts(scope.language)
    return [_view(scope, work, openings, names, t) for work in waiting]


def _view(scope: RequestScope, work: Work, openings: dict[str, Opening], names: dict[str, str], t: Texts) -> WorkView:
    lines = tuple(_line(scope, one, openings, names, t) for one in work.items)
    more = 0 if work.kind in ("settle", "decide") else work.count - len(lines)
    return WorkView(work.kind, work.count, lines, more)


def _line(
    scope: RequestScope, one: WorkItem, openings: dict[str, Opening], names: dict[str, str], t: Texts
) -> WorkLine:
    opening = openings.get(one.opening_id)
    title = one.opening_id if opening is None else opening.title.text(scope.language)
    if one.kind == "settle":
        return WorkLine(f"/openings/{one.opening_id}/ratings", title, t("home.items", n=one.count), "")
    if one.kind in ("stopped", "decide"):
        beside = t("home.people", n=one.count) if one.kind == "decide" else ""
        return WorkLine(f"/openings/{one.opening_id}/ranking", title, beside, "")
    name = names.get(one.candidate_id or "", t("interviews.unknown_candidate"))
    if one.kind == "contest":
        clock = t("contest.days", n=one.days) if one.days > 0 else t("contest.overdue")
        note = t("contest.own_note") if one.own else ""
        return WorkLine(f"/contests/{one.subject}", name, f"{t(f'stage.{one.stage}')} · {title} · {clock}", note)
    note = ""
    if one.reason is not None:
        note = " ".join(reason_text(one.reason, scope.language))
    return WorkLine(_address(scope, one), name, f"{t(f'stage.{one.stage}')} · {title}", note)


def _address(scope: RequestScope, one: WorkItem) -> str:
    if one.kind == "hold":
        return f"/sessions/{one.subject}"
    if one.kind == "review":
        return f"/reviews/{one.subject}"
    if one.live or not scope.may("application.read"):
        return f"/sessions/{one.subject}/result"
    return f"/applications/{one.application_id}"
