"""The ranking of an opening as a page: who is where and how surely, who is apart and why, and a look side by side."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from include.interview.applications import STATES
from include.interview.errors import BadInput
from include.interview.ranking.records import APART_REASONS
from include.interview.records import Opening
from include.reporting.strings import Strings
from live_gateway.request_scope import RequestScope
from live_gateway.web.comparing import comparison_view
from live_gateway.web.page_scope import PageRequest, page_scope
from live_gateway.web.ranking_view import ApartView, RankingBasis, ranked_view
from live_gateway.web.rendering import page
from live_gateway.web.staff import MAX_PAGE, MAX_SEARCH, PER_PAGE, PageNumber, Part
from tasks.evaluation.card_standing import require_rated
from tasks.ranking.listing import (
    ListFilter,
    apart_counts,
    apart_page,
    names_of,
    ranked_page,
)
from tasks.ranking.serving import served_ranking

MOST_COMPARED = 4
"""More columns than four are read by nobody, and do not fit."""
Show = Annotated[str, QueryParameter(name="show", max_length=32)]
Reason = Annotated[str, QueryParameter(name="reason", max_length=32)]
StateName = Annotated[str, QueryParameter(name="state", max_length=32)]
Blind = Annotated[bool, QueryParameter(name="blind")]
Who = Annotated[list[str] | None, QueryParameter(name="who", max_items=20)]


async def _opening(request: PageRequest, opening_id: str) -> tuple[RequestScope, Opening]:
    """The scope of a page about the opening's ranking, and the opening.

    Raises:
        Forbidden: not with this role. NotFound: no such opening, or (code "rate_first") the reader has yet to rate.
    """
    scope = page_scope(request, "ranking.read")
    scope.require()
    opening = await scope.run(scope.stores.openings.get, opening_id)
    await scope.run(require_rated, scope.stores, opening_id, scope.caller.account_id)
    return scope, opening


class RankingSearch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom of a ranking the page shows. `q`: part of a name, or a code; only in a body, never in an address."""

    q: Annotated[str, msgspec.Meta(max_length=MAX_SEARCH)] = ""
    page: Annotated[int, msgspec.Meta(ge=1, le=MAX_PAGE)] = 1
    state: Annotated[str, msgspec.Meta(max_length=32)] = ""
    changed: bool = False
    possible: bool = False
    show: Annotated[str, msgspec.Meta(max_length=32)] = "ranked"
    reason: Annotated[str, msgspec.Meta(max_length=32)] = ""
    blind: bool = False


@get("/openings/{opening_id:str}/ranking")
async def ranking_page(
    request: PageRequest,
    opening_id: FromPath[str],
    number: PageNumber = 1,
    stands: StateName = "",
    changed: FromQuery[bool] = False,
    possible: FromQuery[bool] = False,
    show: Show = "ranked",
    reason: Reason = "",
    blind: Blind = False,
) -> Response[str]:
    """The served ranking, a part at a time; codes stand for names if `blind`, or for who may not read candidates."""
    asked = RankingSearch("", number, stands, changed, possible, show, reason, blind)
    return await _ranking(request, opening_id, asked)


@post("/openings/{opening_id:str}/ranking", status_code=200)
async def ranking_found(
    request: PageRequest, opening_id: FromPath[str], data: JSONBody[RankingSearch]
) -> Response[str]:
    """Those of the served ranking whose name, or code, holds what is searched."""
    return await _ranking(request, opening_id, data)


async def _ranking(request: PageRequest, opening_id: str, chose: RankingSearch) -> Response[str]:
    scope, opening = await _opening(request, opening_id)
    blind = chose.blind or not scope.may("candidate.read")
    show = "apart" if chose.show == "apart" else "ranked"
    asked: dict[str, Any] = {"state": chose.state, "changed": chose.changed, "possible": chose.possible, "blind": blind}
    if show == "apart":
        asked |= {"show": show, "reason": chose.reason}
    values: dict[str, Any] = {
        "opening": opening,
        "show": show,
        "blind": blind,
        "asked": {**asked, "q": chose.q},
        "states": STATES,
        "query": urlencode({name: int(v) if isinstance(v, bool) else v for name, v in asked.items() if v}),
        "rs": Strings(scope.language),
        "served": None,
        "basis": RankingBasis.of_opening(opening),
        "rules_changed": False,
        "most_compared": MOST_COMPARED,
    }
    ranked_once = await scope.run(scope.stores.rankings.state, opening_id)
    if ranked_once is None or ranked_once.served_id is None:
        failures = {} if ranked_once is None else ranked_once.failures
        checked = "" if ranked_once is None else ranked_once.checked_at
        return await page(request, scope, "ranking.html.j2", **values, failures=failures, checked=checked)
    served = await scope.run(served_ranking, scope.stores, opening_id, scope.caller.account_id)
    chosen = ListFilter(
        search=chose.q,
        state=chose.state if chose.state in STATES else "",
        changed=chose.changed,
        possible=chose.possible,
        reason=chose.reason if chose.reason in APART_REASONS else "",
    )
    offset = (chose.page - 1) * PER_PAGE
    values |= {"served": served, "failures": served.failures, "checked": served.checked_at}
    values["counts"] = apart_counts(served.snapshot)
    values["basis"] = basis = RankingBasis.of_snapshot(served.snapshot)
    values["rules_changed"] = basis.differs(opening)
    if show == "apart":
        apart = await scope.run(apart_page, scope.stores, served, chosen, PER_PAGE, offset, blind=blind)
        values["apart"] = [ApartView.of(line, values["rs"]) for line in apart.lines]
        values["total"] = apart.total
    else:
        ranked = await scope.run(ranked_page, scope.stores, served, chosen, PER_PAGE, offset, blind=blind)
        values["ranked"] = ranked_view(ranked, served.snapshot.k, values["rs"], scope.language)
        values["total"] = ranked.total
    values["part"] = Part(chose.page, values["total"] > offset + PER_PAGE)
    return await page(request, scope, "ranking.html.j2", **values)


@get("/openings/{opening_id:str}/compare")
async def compare_page(
    request: PageRequest, opening_id: FromPath[str], who: Who = None, blind: Blind = False
) -> Response[str]:
    """Two to four ranked people side by side, and why each is above the next: differences with errors."""
    scope, opening = await _opening(request, opening_id)
    blind = blind or not scope.may("candidate.read")
    chosen = list(dict.fromkeys(who or ()))
    if not 2 <= len(chosen) <= MOST_COMPARED:
        raise BadInput(
            f"{len(chosen)} people were chosen.", f"Choose two to {MOST_COMPARED} of the ranking.", code="compare_few"
        )
    served = await scope.run(served_ranking, scope.stores, opening_id, scope.caller.account_id)
    names = await scope.run(names_of, scope.stores, opening_id, chosen, blind=blind)
    view = await scope.run(comparison_view, scope.stores, served.snapshot, opening, chosen, names, scope.language)
    return await page(
        request, scope, "compare.html.j2", opening=opening, view=view, served=served, blind=blind,
        rs=Strings(scope.language),
    )  # fmt: skip
