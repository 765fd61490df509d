"""The insights of an interview, and what people decide about each of them."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from include.interview.insight.approval import Decision
from include.interview.insight.records import ClaimText
from include.security.access import Owners
from live_gateway.http.guarding import ACTION
from live_gateway.http.interviews import reachable_interview
from live_gateway.http.openapi import example
from live_gateway.request_scope import RequestScope
from tasks.evaluation.context import StepContext
from tasks.executive.approval import decide
from tasks.executive.insight_results import InsightLine, InsightsView, insight_line, insights_view

MAX_SENTENCE_CHARS = 600
EXAMPLE = {"decision": "edit", "text": {"ko": "결제 장애를 네 시간 안에 복구했습니다."}}
Sentence = Annotated[str, msgspec.Meta(max_length=MAX_SENTENCE_CHARS)]


class InsightTextIn(msgspec.Struct, forbid_unknown_fields=True):
    """The sentence that replaces an insight's, in Korean, English, or both."""

    ko: Sentence | None = None
    en: Sentence | None = None


class InsightDecisionIn(msgspec.Struct, forbid_unknown_fields=True):
    """What somebody decides about one insight; `text` belongs to an edit, which approves the new words."""

    decision: Decision
    text: InsightTextIn | None = None


class InsightsController(Controller):
    """What the interviews say about a candidate, each sentence with the words it rests on."""

    path = "/interviews/{interview_id:str}/insights"
    tags = ("interviews",)

    @get(summary="Insights of an interview", opt={ACTION: "insight.read"})
    async def get_insights(
        self, interview_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> InsightsView:
        """Insights with exact quotes, stage and time, and who decided what about each.

        Reviewers and HR who did not conduct the interview see all of them and decide. Everybody else sees approved
        ones, once the card is published and they have rated what they conducted. After an erasure the answer is 410.
        """
        await reachable_interview(request_scope, interview_id)
        return await request_scope.run(
            insights_view,
            request_scope.stores,
            interview_id,
            request_scope.caller.account_id,
            may_decide=request_scope.may("insight.decide"),
        )

    @post(
        "/{insight_id:str}/decision",
        status_code=200,
        operation_class=example(EXAMPLE),
        summary="Approve, edit or reject an insight",
        opt={ACTION: "insight.decide"},
    )
    async def decide_insight(
        self,
        interview_id: FromPath[str],
        insight_id: FromPath[str],
        data: JSONBody[InsightDecisionIn],
        request_scope: NamedDependency[RequestScope],
    ) -> InsightLine:
        """Decide about one insight, once and for good; the first decision counts, wherever it was made (409).

        An edit is verified against the words that the insight cites, and refused with the reason when it does not
        stand up (400); what stood before is kept. Who conducted the interview decides nothing (403). After 48 hours
        what nobody decided is rejected (409).
        """
        request_scope.check(f"There is no interview {interview_id}.", Owners())
        return await request_scope.run(_decide, request_scope, interview_id, insight_id, data)


def _decide(scope: RequestScope, interview_id: str, insight_id: str, data: InsightDecisionIn) -> InsightLine:
    context = StepContext(scope.stores, scope.services.settings.core, interview_id)
    text = None if data.text is None else ClaimText(_sentence(data.text.ko), _sentence(data.text.en))
    decided = decide(context, insight_id, data.decision, text, scope.caller.account_id)
    return insight_line(scope.stores, interview_id, decided)


def _sentence(written: str | None) -> str | None:
    """The sentence without the space around it; None where nothing is written."""
    return (written or "").strip() or None
