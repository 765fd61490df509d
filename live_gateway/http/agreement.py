"""How the raters of an opening agree, how strict each is, and where a person must look."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.pagination import OffsetPagination
from litestar.params import FromPath, FromQuery, JSONBody

from include.interview.agreement.records import RatingAnalysis
from include.interview.agreement.stored import QueueEntry
from include.interview.scoring.ratings import MAX_REASON_CHARS
from live_gateway.http.guarding import ACTION
from live_gateway.http.openapi import example
from live_gateway.http.pagination import DEFAULT_LIMIT, Limit, Offset, page
from live_gateway.request_scope import RequestScope
from tasks.evaluation.agreement import QueueState, divergence_queue, rating_analysis, settle_divergence
from tasks.evaluation.card_standing import require_rated


class SettlementIn(msgspec.Struct, forbid_unknown_fields=True):
    """Why a divergence needs no more looking at: what was looked at, and what was found."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_REASON_CHARS)]


EXAMPLE = {"reason": "Both heard the answer again; the anchor of level 4 fits, the lower level was a slip."}


class AgreementController(Controller):
    """All ratings of an opening together; who conducts an interview of it rates before seeing them."""

    path = "/openings/{opening_id:str}/ratings"
    tags = ("rankings",)

    @get("/analysis", summary="How the raters of an opening agree", opt={ACTION: "rating.analyse"})
    async def get_analysis(
        self, opening_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> RatingAnalysis:
        """Agreement per criterion, divergences, and how strict each rater is where the conditions hold.

        The candidates are interviews, by id; the program is the rater "machine". `rate_first` as for the ranking.
        """
        await request_scope.run(require_rated, request_scope.stores, opening_id, request_scope.caller.account_id)
        return await request_scope.run(rating_analysis, request_scope.stores, opening_id)

    @get("/divergences", summary="Where raters are far apart", opt={ACTION: "divergence.read"})
    async def get_divergences(
        self,
        opening_id: FromPath[str],
        request_scope: NamedDependency[RequestScope],
        show: FromQuery[QueueState] = "open",
        limit: Limit = DEFAULT_LIMIT,
        offset: Offset = 0,
    ) -> OffsetPagination[QueueEntry]:
        """What a person must look at, widest first: two people 2 levels apart, a person and the program 1.5.

        `settled` says who settled an entry and why; such entries are listed under `show=settled` and `show=all`.
        `rate_first` as for the ranking.
        """
        await request_scope.run(require_rated, request_scope.stores, opening_id, request_scope.caller.account_id)
        found = await request_scope.run(divergence_queue, request_scope.stores, opening_id, show)
        return page(found, limit, offset)

    @post(
        "/divergences/{entry_id:str}/settlement",
        operation_class=example(EXAMPLE),
        summary="Settle a divergence",
        opt={ACTION: "divergence.settle"},
    )
    async def settle_divergence(
        self,
        opening_id: FromPath[str],
        entry_id: FromPath[str],
        data: JSONBody[SettlementIn],
        request_scope: NamedDependency[RequestScope],
    ) -> QueueEntry:
        """Record that the caller looked at an entry of the queue and settled it; no level and no score changes.

        Once and for good (409, `already_settled`), by somebody who gave neither of the levels (403, `own_rating`).
        """
        stores, account = request_scope.stores, request_scope.caller.account_id
        await request_scope.run(require_rated, stores, opening_id, account)
        return await request_scope.run(settle_divergence, stores, opening_id, entry_id, data.reason, account)
