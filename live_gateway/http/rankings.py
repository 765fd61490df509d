"""Rankings of openings: what is served, its snapshots, and asking for a new one."""

from __future__ import annotations

from typing import Literal

import msgspec
from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.pagination import OffsetPagination
from litestar.params import FromPath, FromQuery

from include.storage.repositories.rankings import SnapshotHead
from live_gateway.http.guarding import ACTION
from live_gateway.http.openapi import files
from live_gateway.http.pagination import DEFAULT_LIMIT, Limit, Offset, page
from live_gateway.http.report_files import MEDIA_TYPES, download
from live_gateway.request_scope import RequestScope
from tasks.evaluation.card_standing import require_rated
from tasks.ranking.explaining import Comparison, compare
from tasks.ranking.serving import ServedRanking, not_apart_in, ranking_run_id, served_ranking
from tasks.ranking.signs import CandidateSigns, signs_of
from tasks.ranking.stored_reports import Format, Language, stored_report

DAG_ID = "opening_ranking"


class NotApart(msgspec.Struct, frozen=True):
    """Those whom one candidate cannot be told apart from, by application, in the order shown."""

    application_id: str
    not_apart: tuple[str, ...]


class RankingRun(msgspec.Struct, frozen=True):
    """A run that was asked for; "queued" while Airflow is away."""

    dag_id: str
    dag_run_id: str
    state: Literal["started", "queued"]


class RankingsController(Controller):
    """Rankings say which ranks the errors leave possible; they decide about nobody."""

    path = "/openings/{opening_id:str}"
    tags = ("rankings",)

    @get("/ranking", summary="The ranking that is served", opt={ACTION: "ranking.read"})
    async def get_ranking(
        self, opening_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> ServedRanking:
        """The newest snapshot that passed its gates, with a banner's counts when a newer run did not.

        404 with code `rate_first` for who conducts an interview of this opening and has yet to rate it.
        """
        return await request_scope.run(
            served_ranking, request_scope.stores, opening_id, request_scope.caller.account_id
        )

    @get(
        "/ranking/not-apart/{application_id:str}",
        summary="Who cannot be told apart from a candidate",
        opt={ACTION: "ranking.read"},
    )
    async def get_not_apart(
        self, opening_id: FromPath[str], application_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> NotApart:
        """Of the ranking that is served; `rate_first` as there."""
        await request_scope.run(require_rated, request_scope.stores, opening_id, request_scope.caller.account_id)
        snapshot = await request_scope.run(request_scope.stores.rankings.served, opening_id)
        return NotApart(application_id, await request_scope.run(not_apart_in, snapshot, application_id))

    @get(
        "/ranking/differences/{application_id:str}/{other_id:str}",
        summary="Why one candidate is above another",
        opt={ACTION: "ranking.read"},
    )
    async def get_differences(
        self,
        opening_id: FromPath[str],
        application_id: FromPath[str],
        other_id: FromPath[str],
        request_scope: NamedDependency[RequestScope],
    ) -> Comparison:
        """Per stage and criterion of the ranking that is served, in points with errors; `rate_first` as there."""
        await request_scope.run(require_rated, request_scope.stores, opening_id, request_scope.caller.account_id)
        snapshot = await request_scope.run(request_scope.stores.rankings.served, opening_id)
        return await request_scope.run(compare, request_scope.stores, snapshot, application_id, other_id)

    @get("/ranking/signs", summary="Answers that are nearly somebody else's", opt={ACTION: "ranking.read"})
    async def get_signs(
        self,
        opening_id: FromPath[str],
        request_scope: NamedDependency[RequestScope],
        limit: Limit = DEFAULT_LIMIT,
        offset: Offset = 0,
    ) -> OffsetPagination[CandidateSigns]:
        """Of each candidate of the served ranking, in its order: signs for a person to look at, never scored.

        `rate_first` as there.
        """
        await request_scope.run(require_rated, request_scope.stores, opening_id, request_scope.caller.account_id)
        snapshot = await request_scope.run(request_scope.stores.rankings.served, opening_id)
        chosen = page([one.id for one in snapshot.ranking.candidates], limit, offset)
        found = await request_scope.run(signs_of, request_scope.stores, snapshot, chosen.items)
        return OffsetPagination(items=list(found), limit=limit, offset=offset, total=chosen.total)

    @get(
        "/ranking/report",
        media_type="application/octet-stream",
        operation_class=files(MEDIA_TYPES.values()),
        summary="The report of the ranking that is served, as a file",
        opt={ACTION: "ranking.report"},
    )
    async def get_ranking_report(
        self,
        opening_id: FromPath[str],
        request_scope: NamedDependency[RequestScope],
        format: FromQuery[Format],  # noqa: A002 - the parameter's name
        language: FromQuery[Language | None] = None,
        blind: FromQuery[bool] = False,
    ) -> Response[bytes]:
        """A download for HR, on record: a page, its PDF, or a table with the same numbers.

        `language` is that of page and PDF; the tables are one for both. `blind` has ids of applications and no names.
        409 with code `report_not_ready` until the DAG `ranking_reports` has made the report of this ranking;
        `rate_first` as there.
        """
        await request_scope.run(require_rated, request_scope.stores, opening_id, request_scope.caller.account_id)
        spoken = language or request_scope.language
        _, data = await request_scope.run(stored_report, request_scope.stores, opening_id, format, spoken, blind=blind)
        return download("ranking", opening_id, data, format, spoken, blind=blind)

    @get("/rankings", summary="Snapshots of an opening", opt={ACTION: "ranking.read"})
    async def list_rankings(
        self,
        opening_id: FromPath[str],
        request_scope: NamedDependency[RequestScope],
        limit: Limit = DEFAULT_LIMIT,
        offset: Offset = 0,
    ) -> OffsetPagination[SnapshotHead]:
        """All snapshots of the opening, newest first; they are never changed."""
        await request_scope.run(request_scope.stores.openings.get, opening_id)
        return page(await request_scope.run(request_scope.stores.rankings.list, opening_id), limit, offset)

    @post("/ranking/runs", status_code=202, summary="Rank an opening now", opt={ACTION: "ranking.start"})
    async def start_ranking(
        self, opening_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> RankingRun:
        """Ask Airflow to rank the opening. Asking twice while its inputs stay the same is one run."""
        run_id = await request_scope.run(ranking_run_id, request_scope.stores, opening_id)
        state = await request_scope.services.triggers.start_run(DAG_ID, run_id, opening_id, "opening_id")
        return RankingRun(DAG_ID, run_id, state)
