"""Where an interview stands, and what came of it."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Literal

import msgspec
from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.pagination import OffsetPagination
from litestar.params import FromPath, FromQuery

from include.interview.entities import Interview
from include.interview.errors import NotFound
from include.interview.records import Scorecard, Stage
from include.interview.stages import STAGES
from include.security.access import Owners
from include.storage import Stores
from live_gateway.http.guarding import ACTION
from live_gateway.http.pagination import DEFAULT_LIMIT, Limit, Offset, page
from live_gateway.http.schemas import CandidateFilter, OpeningFilter
from live_gateway.problems import reason_text
from live_gateway.request_scope import RequestScope
from tasks.evaluation.card_standing import ShownStatus, published_card, shown_status
from tasks.evaluation.publish import stored_reports
from tasks.live.results import LiveResult, live_result

ReportLanguage = Literal["ko", "en"]
INLINE_SCRIPT = re.compile(r"<script(?:\s[^>]*)?>(.*?)</script>", re.DOTALL)
PDF = "application/pdf"


class Reason(msgspec.Struct, frozen=True):
    """Why an interview could not be evaluated, in the reader's language."""

    code: str
    detail: str
    remedy: str


class InterviewView(msgspec.Struct, frozen=True):
    """One interview and its state; `reason` says why it failed.

    `status`: "created" waits for its recording, "review" for a person, "withheld" is one whose card a person kept back.
    """

    id: str
    stage: Stage
    status: ShownStatus
    candidate_id: str
    opening_id: str
    profile: str
    language: str
    reason: Reason | None = None


def view(stores: Stores, interview: Interview, language: str) -> InterviewView:
    """What is shown of an interview, in `language`."""
    code = stores.interviews.reason(interview.id) if interview.status == "failed" else None
    reason = None if code is None else Reason(code, *reason_text(code, language))
    return InterviewView(
        id=interview.id,
        stage=interview.stage,
        status=shown_status(stores, interview),
        candidate_id=interview.candidate_id,
        opening_id=interview.opening_id,
        profile=interview.profile,
        language=interview.language,
        reason=reason,
    )


class InterviewsController(Controller):
    """Reading only: interviews begin by an upload or a live session, and Airflow evaluates them."""

    path = "/interviews"
    tags = ("interviews",)

    @get(summary="List interviews", opt={ACTION: "interview.list"})
    async def list_interviews(
        self,
        request_scope: NamedDependency[RequestScope],
        candidate_id: CandidateFilter = None,
        opening_id: OpeningFilter = None,
        limit: Limit = DEFAULT_LIMIT,
        offset: Offset = 0,
    ) -> OffsetPagination[InterviewView]:
        """The interviews that the caller may see, oldest first."""
        found = page(await request_scope.run(_interviews, request_scope, opening_id, candidate_id), limit, offset)
        stores, language = request_scope.stores, request_scope.language
        shown = await request_scope.run(lambda: [view(stores, interview, language) for interview in found.items])
        return OffsetPagination(items=shown, limit=limit, offset=offset, total=found.total)

    @get("/{interview_id:str}", summary="Where an interview stands", opt={ACTION: "interview.read"})
    async def get_interview(
        self, interview_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> InterviewView:
        """Its state, and why it failed if it did."""
        interview = await reachable_interview(request_scope, interview_id)
        return await request_scope.run(view, request_scope.stores, interview, request_scope.language)

    @get("/{interview_id:str}/result", summary="The scorecard", opt={ACTION: "result.read"})
    async def get_result(self, interview_id: FromPath[str], request_scope: NamedDependency[RequestScope]) -> Scorecard:
        """The latest published card with all its evidence; 404 while there is none, or a review holds it back.

        Who conducts an executive interview gets it after having rated it.
        """
        await reachable_interview(request_scope, interview_id)
        return await request_scope.run(
            published_card, request_scope.stores, interview_id, request_scope.caller.account_id
        )

    @get("/{interview_id:str}/live", summary="Live and offline cards", opt={ACTION: "live_result.read"})
    async def get_live_result(
        self, interview_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> LiveResult:
        """The card made during the live interview, the offline one once it counts, and how they compare.

        While a person is asked about them, `live` is for reviewers only; once withheld it is for nobody. Who conducts
        an executive interview gets cards after having rated it; until then `standing` is "rate_first".
        """
        await reachable_interview(request_scope, interview_id)
        return await request_scope.run(
            live_result,
            request_scope.stores,
            interview_id,
            reviewing=request_scope.may("card.review"),
            reader=request_scope.caller.account_id,
        )

    @get(
        "/{interview_id:str}/report.html",
        media_type="text/html",
        summary="The report as a page",
        opt={ACTION: "report.read"},
    )
    async def get_report_page(
        self,
        interview_id: FromPath[str],
        request_scope: NamedDependency[RequestScope],
        language: FromQuery[ReportLanguage | None] = None,
    ) -> Response[bytes]:
        """The published report as one self-contained page, in the language asked for or the reader's."""
        content = await _report(request_scope, interview_id, language or request_scope.language, "html")
        headers = {"Content-Security-Policy": report_policy(content), "Cache-Control": "no-store"}
        return Response(content, media_type="text/html", headers=headers)

    @get(
        "/{interview_id:str}/report.pdf",
        media_type=PDF,
        summary="The report as PDF",
        opt={ACTION: "report.read"},
    )
    async def get_report_pdf(
        self,
        interview_id: FromPath[str],
        request_scope: NamedDependency[RequestScope],
        language: FromQuery[ReportLanguage | None] = None,
    ) -> Response[bytes]:
        """The published report for printing."""
        content = await _report(request_scope, interview_id, language or request_scope.language, "pdf")
        headers = {"Cache-Control": "no-store", "Content-Disposition": f'inline; filename="report-{interview_id}.pdf"'}
        return Response(content, media_type=PDF, headers=headers)


async def reachable_interview(request_scope: RequestScope, interview_id: str) -> Interview:
    """The interview, if the action reaches it: it belongs to its candidate and to who conducts it.

    Raises:
        NotFound: no such interview, or not theirs.
    """
    interview = await request_scope.run(request_scope.stores.interviews.get, interview_id)
    led_only = request_scope.require_reach().account_id is not None
    conducted = await request_scope.run(_conducted_by, request_scope, interview) if led_only else ()
    owners = Owners(candidate_id=interview.candidate_id, others=conducted)
    request_scope.check(f"There is no interview {interview_id}.", owners)
    return interview


def _interviews(request_scope: RequestScope, opening_id: str | None, candidate_id: str | None) -> list[Interview]:
    """The interviews that the action reaches, oldest first."""
    reach = request_scope.require_reach()
    if reach.candidate_id is not None:
        if candidate_id not in (None, reach.candidate_id):
            return []
        candidate_id = reach.candidate_id
    found = request_scope.stores.interviews.list(opening_id, candidate_id)
    if reach.account_id is None:
        return list(found)
    led = {session.id for session in request_scope.stores.live_sessions.list(interviewer_id=reach.account_id)}
    return [interview for interview in found if interview.id in led]


def _conducted_by(request_scope: RequestScope, interview: Interview) -> tuple[str, ...]:
    """Ids of the accounts that conduct a live interview; none for a recorded one."""
    if not STAGES[interview.stage].live:
        return ()
    try:
        return request_scope.stores.live_sessions.get(interview.id).interviewers
    except NotFound:
        return ()


async def _report(request_scope: RequestScope, interview_id: str, language: str, kind: str) -> bytes:
    await reachable_interview(request_scope, interview_id)
    reader, name = request_scope.caller.account_id, f"report.{language}.{kind}"
    files = await request_scope.run(stored_reports, request_scope.stores, interview_id, reader, [name])
    try:
        return files[name]
    except KeyError:
        raise NotFound(f"Interview {interview_id} has no such report.", "Start its run again.") from None


def report_policy(page_bytes: bytes) -> str:
    """A content policy that lets exactly this report's own scripts run (by hash), and nothing be loaded."""
    scripts = INLINE_SCRIPT.findall(page_bytes.decode())
    hashes = {base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts}
    allowed = " ".join(f"'sha256-{digest}'" for digest in sorted(hashes)) or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; media-src blob: data:; "
        "font-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
    )
