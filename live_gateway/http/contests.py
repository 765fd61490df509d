"""Contests of published results: the candidate's own, and the answers of people with their clock."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.pagination import OffsetPagination
from litestar.params import FromPath, JSONBody, QueryParameter

from include.interview.contests import (
    MAX_WORDS,
    Contest,
    ContestAnswer,
    ContestGround,
    ContestLanguage,
    ContestOutcome,
    ContestStanding,
    ContestState,
    Objection,
    days_left,
    overdue,
)
from include.interview.errors import NotFound
from include.security.access import Owners
from live_gateway.http.guarding import ACTION
from live_gateway.http.interviews import reachable_interview
from live_gateway.http.openapi import example
from live_gateway.http.pagination import DEFAULT_LIMIT, Limit, Offset, page
from live_gateway.request_scope import RequestScope
from tasks.evaluation.contests import answer_contest

StateFilter = Annotated[Literal[ContestState, "all"], QueryParameter(name="state", required=False)]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_WORDS)]
EXAMPLE = {
    "grounds": ["words_misheard"],
    "words": "두 번째 답변에서 말한 기간이 잘못 옮겨졌습니다. 3년이 아니라 13년입니다.",
    "language": "ko",
}
ANSWER_EXAMPLE = {
    "outcome": "evaluated_again",
    "text": "녹음을 다시 들어 보니 13년이 맞습니다. 바로잡아 다시 평가하겠습니다.",
    "evidence": ["job_fit"],
}


class ContestIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is wrong, by grounds and in the candidate's words; `language`: of the answer, by default the request's."""

    grounds: Annotated[list[ContestGround], msgspec.Meta(min_length=1, max_length=8)]
    words: Words
    language: ContestLanguage | None = None


class ContestAnswerIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person's answer. `evidence`: ids of criteria whose evidence was opened; needed where the result stands."""

    outcome: ContestOutcome
    text: Words
    evidence: Annotated[list[str], msgspec.Meta(max_length=32)] = []


class ContestLine(msgspec.Struct, frozen=True):
    """A contest without words. `days_left`: begun days until `due_at`, 0 or less when it is over (times: UTC)."""

    id: str
    interview_id: str
    candidate_id: str
    application_id: str
    opening_id: str
    stage: str
    grounds: tuple[ContestGround, ...]
    language: ContestLanguage
    state: ContestState
    opened_at: str
    due_at: str
    days_left: int
    overdue: bool


class ContestView(msgspec.Struct, frozen=True):
    """A contest with its words, and the answer once there is one.

    `closed_at`: when it was answered or withdrawn. `answered_by`: the actor who answered, for HR and reviewers only.
    """

    contest: ContestLine
    words: str
    closed_at: str | None
    outcome: ContestOutcome | None
    answer: str | None
    answered_by: str | None


class OwnContestController(Controller):
    """A candidate contests the published result of an interview of theirs; a person answers within 30 days."""

    path = "/interviews/{interview_id:str}/contest"
    tags = ("interviews",)

    @post(operation_class=example(EXAMPLE), summary="Contest a published result", opt={ACTION: "contest.open"})
    async def open_contest(
        self, interview_id: FromPath[str], data: JSONBody[ContestIn], request_scope: NamedDependency[RequestScope]
    ) -> ContestView:
        """Open the contest. No score changes by it.

        409 when nothing is published (`nothing_to_contest`), or a contest waits for its answer (`contest_open`).
        """
        interview = await reachable_interview(request_scope, interview_id)
        objection = Objection(tuple(data.grounds), data.words, data.language or request_scope.language)
        made = await request_scope.run(
            request_scope.stores.contests.open, interview.id, interview.candidate_id, objection
        )
        return _view(request_scope, made)

    @get(summary="The newest contest of an interview", opt={ACTION: "contest.read"})
    async def get_contest(
        self, interview_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> ContestView:
        """Its words, the day by which a person answers, and the answer; 404 (`no_contest`) where there is none."""
        await reachable_interview(request_scope, interview_id)
        found = await request_scope.run(request_scope.stores.contests.of_interview, interview_id)
        if not found:
            raise NotFound("This interview was never contested.", "Check the id.", code="no_contest")
        return _view(request_scope, found[0])

    @post("/withdrawal", status_code=200, summary="Withdraw one's contest", opt={ACTION: "contest.withdraw"})
    async def withdraw_contest(
        self, interview_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> ContestLine:
        """End the open contest without an answer; 404 (`no_contest`) when none is open. Another may be opened."""
        interview = await reachable_interview(request_scope, interview_id)
        return line_of(
            await request_scope.run(request_scope.stores.contests.withdraw, interview.id, interview.candidate_id)
        )


class ContestsController(Controller):
    """What candidates contest, with the days that are left, and the answers of people who had no part in it."""

    path = "/contests"
    tags = ("interviews",)

    @get(summary="List contests", opt={ACTION: "contest.list"})
    async def list_contests(
        self,
        request_scope: NamedDependency[RequestScope],
        wanted: StateFilter = "open",
        limit: Limit = DEFAULT_LIMIT,
        offset: Offset = 0,
    ) -> OffsetPagination[ContestLine]:
        """Contests without anybody's words, by when their answer is due: those overdue first."""
        found = await request_scope.run(request_scope.stores.contests.list, None if wanted == "all" else wanted)
        return page([line_of(one) for one in found], limit, offset)

    @get("/{contest_id:str}", summary="Read a contest", opt={ACTION: "contest.read"})
    async def read_contest(
        self, contest_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> ContestView:
        """One contest with its words. The read is an audit entry."""
        await reachable_contest(request_scope, contest_id)
        return _view(request_scope, await request_scope.run(request_scope.stores.contests.get, contest_id))

    @post(
        "/{contest_id:str}/answer",
        status_code=200,
        operation_class=example(ANSWER_EXAMPLE),
        summary="Answer a contest",
        opt={ACTION: "contest.answer"},
    )
    async def give_answer(
        self,
        contest_id: FromPath[str],
        data: JSONBody[ContestAnswerIn],
        request_scope: NamedDependency[RequestScope],
    ) -> ContestView:
        """Answer in words that the candidate reads, in the contest's language.

        `upheld`: the result stands, which needs `evidence`; `evaluated_again`: a person or the program judges anew;
        `withheld`: the card is shown to nobody from now on. 409 when it was answered or withdrawn meanwhile
        (`contest_closed`), or the caller conducted, rated or reviewed the interview (`contest_not_independent`).
        """
        await reachable_contest(request_scope, contest_id)
        answer = ContestAnswer(data.outcome, data.text, tuple(data.evidence))
        return _view(request_scope, await request_scope.run(answer_contest, request_scope.stores, contest_id, answer))


async def reachable_contest(request_scope: RequestScope, contest_id: str) -> ContestStanding:
    """The contest without words, if the request's action reaches it.

    Raises:
        NotFound: no such contest, or not the caller's.
    """
    found = await request_scope.run(request_scope.stores.contests.standing, contest_id)
    request_scope.check(f"There is no contest {contest_id}.", Owners(candidate_id=found.candidate_id))
    return found


def line_of(one: ContestStanding) -> ContestLine:
    """The contest as lists show it, now."""
    at = datetime.now(UTC)
    return ContestLine(
        one.id,
        one.interview_id,
        one.candidate_id,
        one.application_id,
        one.opening_id,
        one.stage,
        one.grounds,
        one.language,
        one.state,
        one.opened_at.isoformat(),
        one.due_at.isoformat(),
        days_left(one.due_at, at),
        one.state == "open" and overdue(one.due_at, at),
    )


def _view(request_scope: RequestScope, contest: Contest) -> ContestView:
    at = contest.standing
    return ContestView(
        line_of(at),
        contest.words,
        None if at.closed_at is None else at.closed_at.isoformat(),
        at.outcome,
        contest.answer,
        at.answered_by if request_scope.may("contest.answer") else None,
    )
