"""The task in which people decide which insights about a candidate are published. Defines no DAG."""

from __future__ import annotations

import os
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Param
from airflow.sdk.exceptions import AirflowSkipException, TaskAwaitingInput

from dags.binding import bound_step
from dags.lateness import remind
from include.interview.insight.approval import APPROVAL_TIME

DECIDE = "decide"
REVIEWERS = "TRIVIEW_INSIGHT_REVIEWERS"
"""Environment variable: Airflow's ids of the users who may answer, separated by commas. Where it is not set, the
logins of the gateway's reviewers are."""
FORM = {
    "approved": Param(
        [],
        type="array",
        items={"type": "string"},
        title="승인할 통찰의 id · Ids of the insights to approve",
        description="여기에 없는 것은 반려합니다. · Those that are not listed are rejected.",
    )
}
"""The form's fields, to be passed as the task's `params`."""


class InsightApproval(HITLOperator):
    """Waits until every insight was decided about, here or on the result page, or the time is over.

    Skipped when there is none, and when the card was withheld. Waits as `awaiting_input` without a worker slot, and
    looks again and again at what was decided elsewhere (`Approval.next_look`), because Airflow is one of several doors
    and the database says what counts. So Airflow's own default answer is not used: what nobody decided within
    `APPROVAL_TIME` is rejected by the step `end`. The form offers ids; nothing else is taken from an answer, which is
    checked again here, because the API takes answers outside the form's schema.
    """

    template_fields: Collection[str] = (*HITLOperator.template_fields, "stored")

    def __init__(self, *, stored: Any, flow: str, **kwargs: Any) -> None:
        super().__init__(
            subject="통찰 승인 · Approval of insights: {{ params.interview_id }}",
            body=(
                "결과 페이지(`/sessions/{{ params.interview_id }}/result`)나 **평가표** 탭에서 통찰과 인용문을 읽고, "
                "승인할 id를 골라 주세요. 고르지 않은 것은 반려됩니다. 문장은 결과 페이지에서 고칠 수 있습니다. · "
                "Read the insights and their quotes on the result page or in the **Scorecard** tab, then choose the "
                "ids to approve; the others are rejected. Sentences are edited on the result page.\n\n"
            ),
            options=[DECIDE],
            response_timeout=APPROVAL_TIME,
            **kwargs,
        )
        self.stored = stored
        self.flow = flow

    def execute(self, context: Any) -> Any:
        """Skip when nobody has to decide; otherwise wait for people."""
        found = self._look(context)
        if not found.ids:
            raise AirflowSkipException("There is no insight to decide about.")
        if found.over:
            return self._end(context)
        with bound_step(self.flow, "answering_logins", context) as logins:
            allowed = logins(_configured())
        if not allowed:
            self.log.warning("Nobody is named who may answer here (%s); the result page decides.", REVIEWERS)
            allowed = ("nobody",)  # an empty list would let everybody answer
        self.assigned_users = [{"id": one, "name": one} for one in allowed]
        self.params["approved"] = Param(
            [], **{**FORM["approved"].schema, "examples": list(found.ids)}, description=FORM["approved"].description
        )
        self.body = f"{self.body}{', '.join(found.ids)} · {found.due_at}"
        self.response_timeout = timedelta(seconds=found.rest_s)
        return super().execute(context)

    def execute_complete(self, context: Any, event: dict[str, Any]) -> Any:
        """Record the answer, or, when there is none yet, look at what was decided elsewhere and wait on.

        Raises:
            BadInput: the answer is not one the form offers, or came too late. PolicyRefusal: of an interviewer.
        """
        if event.get("error_type") == "timeout":
            return self._wait_on(context)
        approved, reviewer = _checked(event)
        super().execute_complete(context, event)
        with bound_step(self.flow, "record_answer", context) as record_answer:
            return self._told(record_answer(approved, reviewer))

    def _wait_on(self, context: Any) -> Any:
        found = self._look(context)
        if found.over or not found.ids:
            return self._end(context)
        if found.remind:
            remind(context["run_id"], len(found.ids), found.due_at)
        raise TaskAwaitingInput(method_name="execute_complete", timeout=timedelta(seconds=found.rest_s))

    def _look(self, context: Any) -> Any:
        with bound_step(self.flow, "look", context) as look:
            found = look()
        if found.withheld:
            self._end(context)
            raise AirflowSkipException("The card was withheld: none of its insights is published.")
        return found

    def _end(self, context: Any) -> Any:
        with bound_step(self.flow, "end", context) as end:
            return self._told(end())

    def _told(self, settled: Any) -> Any:
        """How the approval ended, as plain data; says which parts of an answer came too late."""
        import msgspec

        if settled.decided_elsewhere:
            self.log.warning("Decided elsewhere before, and that counts: %s", ", ".join(settled.decided_elsewhere))
        return msgspec.to_builtins(settled)


def _configured() -> list[str]:
    return [one.strip() for one in os.environ.get(REVIEWERS, "").split(",") if one.strip()]


def _checked(event: dict[str, Any]) -> tuple[list[str], str]:
    """The ids in an answer and who gave it. No text holds what the answer held, which may be anything."""
    from include.interview.errors import BadInput

    approved = (event.get("params_input") or {}).get("approved")
    reviewer = event.get("responded_by_user")
    listed = isinstance(approved, list) and all(isinstance(one, str) for one in approved)
    fields = set(event.get("params_input") or {}) == set(FORM)
    if event.get("chosen_options") != [DECIDE] or not listed or not fields or reviewer is None:
        raise BadInput(
            "The approval was answered outside its form.", "Clear the task and answer it again.", code="bad_approval"
        )
    return list(approved or []), str(reviewer["name"])
