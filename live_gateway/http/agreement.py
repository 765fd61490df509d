"""How the raters of an opening agree, how strict each is, and where a person must look."""

from __future__ import annotations

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.pagination import OffsetPagination
from litestar.params import FromPath

from include.interview.agreement.records import RatingAnalysis
from include.interview.agreement.stored import QueueEntry
from live_gateway.http.guarding import ACTION
from live_gateway.http.pagination import DEFAULT_LIMIT, Limit, Offset, page
from live_gateway.request_scope import RequestScope
from tasks.evaluation.agreement import divergence_queue, rating_analysis
from tasks.evaluation.card_standing import require_rated


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
        limit: Limit = DEFAULT_LIMIT,
        offset: Offset = 0,
    ) -> OffsetPagination[QueueEntry]:
        """What a person must look at, widest first: two people 2 levels apart, a person and the program 1.5.

        `rate_first` as for the ranking.
        """
        await request_scope.run(require_rated, request_scope.stores, opening_id, request_scope.caller.account_id)
        return page(await request_scope.run(divergence_queue, request_scope.stores, opening_id), limit, offset)
