"""Questions prepared for an executive interview: having them written, reading them, deciding about each."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from litestar import Controller, Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from include.interview.preparation.decisions import Decision
from include.interview.preparation.records import (
    Note,
    Preparation,
    PreparedQuestion,
    RefusedQuestion,
    SpokenLanguage,
    WriterIdentity,
)
from live_gateway.http.guarding import ACTION
from live_gateway.http.interviews import reachable_interview
from live_gateway.http.openapi import example
from live_gateway.request_scope import RequestScope
from tasks.executive.preparation import preparation_flow, preparation_run_id
from tasks.executive.questions import decide, prepared

MAX_EDIT = 1_000
"""Characters accepted of an edit; the filter says what is too long for a question."""
MAX_POSITION = 100


class PreparationStarted(msgspec.Struct, frozen=True):
    """The run that writes the questions; `state`: Airflow took it at once, or it waits to be taken."""

    interview_id: str
    dag_id: str
    dag_run_id: str
    state: Literal["started", "queued"]


class QuestionsOut(msgspec.Struct, frozen=True):
    """All prepared questions of an interview in their order, dropped ones included, and what the filters refused.

    `notes` say what the preparation could not use. No score of an earlier stage is in any of it.
    """

    interview_id: str
    prepared_at: str
    language: SpokenLanguage
    writer: WriterIdentity
    questions: tuple[PreparedQuestion, ...]
    refused: tuple[RefusedQuestion, ...]
    notes: tuple[Note, ...]


class DecisionIn(msgspec.Struct, forbid_unknown_fields=True):
    """What an interviewer decides: "edit" needs `text`, "move" needs `position` (counted from 0)."""

    action: Decision
    text: Annotated[str, msgspec.Meta(max_length=MAX_EDIT)] | None = None
    position: Annotated[int, msgspec.Meta(ge=0, le=MAX_POSITION)] | None = None


EXAMPLE = {"action": "edit", "text": "반대 의견 속에서 결정을 내리셨던 경험을 말씀해 주세요."}


def view(found: Preparation) -> QuestionsOut:
    """What is shown of a preparation."""
    return QuestionsOut(
        interview_id=found.interview_id,
        prepared_at=found.prepared_at,
        language=found.written.language,
        writer=found.written.writer,
        questions=found.questions,
        refused=found.written.refused,
        notes=found.written.notes,
    )


class QuestionsController(Controller):
    """HR and who leads the interview work with its questions; a candidate never sees them."""

    path = "/interviews/{interview_id:str}/questions"
    tags = ("questions",)

    @post(summary="Have questions prepared", status_code=202, opt={ACTION: "questions.prepare"})
    async def prepare_questions(
        self, interview_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> Response[PreparationStarted]:
        """Start the run that writes the questions of an executive interview; while nothing changed it is one run."""
        await reachable_interview(request_scope, interview_id)
        dag_id = preparation_flow().dag_id
        run_id = await request_scope.run(preparation_run_id, request_scope.stores, interview_id)
        state = await request_scope.services.triggers.start_run(dag_id, run_id, interview_id)
        body = PreparationStarted(interview_id, dag_id, run_id, state)
        return Response(body, status_code=202, headers={"Location": f"/api/v1/interviews/{interview_id}/questions"})

    @get(summary="The prepared questions", opt={ACTION: "questions.read"})
    async def get_questions(
        self, interview_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> QuestionsOut:
        """The questions in their order; 404 (code `not_prepared`) before any were written."""
        await reachable_interview(request_scope, interview_id)
        return view(await request_scope.run(prepared, request_scope.stores, interview_id))

    @patch(
        "/{question_id:str}",
        operation_class=example(EXAMPLE),
        summary="Decide about a question",
        opt={ACTION: "questions.decide"},
    )
    async def decide_question(
        self,
        interview_id: FromPath[str],
        question_id: FromPath[str],
        data: JSONBody[DecisionIn],
        request_scope: NamedDependency[RequestScope],
    ) -> QuestionsOut:
        """Accept, edit, drop, restore or move a question; answers all of them.

        An edit passes the same filters as the writers' questions: 400 (code `question_refused`) with the reason.
        """
        await reachable_interview(request_scope, interview_id)
        found = await request_scope.run(
            decide,
            request_scope.stores,
            interview_id,
            question_id,
            data.action,
            text=data.text,
            position=data.position,
        )
        return view(found)
