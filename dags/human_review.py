"""The task in which a person looks at a card before it counts. Defines no DAG."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Param
from airflow.sdk.exceptions import AirflowSkipException

from dags.binding import bound_step, from_xcom
from include.interview.scoring.review import CONTRADICTORY, PUBLISH, REVIEW_GROUNDS, WITHHOLD

WAIT = timedelta(days=14)
"""How long a card waits for its reviewer before the task fails and an operator has to look."""

FORM = {
    "ground": Param(
        REVIEW_GROUNDS[0],
        type="string",
        enum=list(REVIEW_GROUNDS),
        title="결정 근거(결정과 맞아야 합니다) · Ground of the decision (it has to fit)",
    )
}
"""The form's fields, to be passed as the task's `params`."""


class ScorecardReview(HITLOperator):
    """Asks a person when a rule of the flow asks for one, and records the answer as a human decision.

    Skipped when no rule asks. Waits as `awaiting_input` without a worker slot. Subject and body carry ids and reason
    codes only; the answer is one of two options and one of a list of grounds, so no free text reaches Airflow's
    database. The answer is checked again here, because the API takes answers outside the form's schema.
    """

    template_fields: Collection[str] = (*HITLOperator.template_fields, "card")

    def __init__(self, *, card: Any, flow: str, **kwargs: Any) -> None:
        super().__init__(
            subject="평가표 검토 · Scorecard review: {{ params.interview_id }}",
            body=(
                "**평가표** 탭에서 근거를 열어 본 뒤 결정해 주세요. · "
                "Open the evidence in the **Scorecard** tab, then decide.\n\n이유 · Reasons: "
            ),
            options=[PUBLISH, WITHHOLD],
            response_timeout=WAIT,
            **kwargs,
        )
        self.card = card
        self.flow = flow

    def execute(self, context: Any) -> Any:
        """Skip when no rule asks; otherwise wait for a person."""
        with bound_step(self.flow, "review_needed", context) as review_needed:
            codes = review_needed(from_xcom(self.card))
        if not codes:
            raise AirflowSkipException("No rule asks for a person: the card is published as it is.")
        self.body = f"{self.body}{', '.join(codes)}"
        return super().execute(context)

    def execute_complete(self, context: Any, event: dict[str, Any]) -> str:
        """Check the answer, record who decided what on which ground, and return the decision.

        Raises:
            BadInput: as `checked_answer`.
        """
        decision, ground, reviewer = checked_answer(super().execute_complete(context, event))
        with bound_step(self.flow, "record_review", context) as record_review:
            record_review(from_xcom(self.card), f"{decision}:{ground}", f"airflow:{reviewer}")
        return decision


def checked_answer(answer: Mapping[str, Any]) -> tuple[str, str, str]:
    """Decision, ground and the reviewer's login in what Airflow says was answered.

    Raises:
        BadInput: the answer is not one the form offers (code "bad_review"), or its ground says the opposite of the
            decision (code "ground_contradicts"). No text holds what was answered, which may be anything.
    """
    from include.interview.errors import BadInput

    options, reviewer = answer.get("chosen_options"), answer.get("responded_by_user")
    ground = (answer.get("params_input") or {}).get("ground", REVIEW_GROUNDS[0])
    if options not in ([PUBLISH], [WITHHOLD]) or ground not in REVIEW_GROUNDS or reviewer is None:
        raise BadInput(
            "The review was answered outside its form.", "Clear the task and answer it again.", code="bad_review"
        )
    if (options[0], ground) in CONTRADICTORY:
        raise BadInput(
            "The ground of the review contradicts its decision; nothing was recorded.",
            "Clear the task, then answer with a ground that fits, here or on the page /reviews.",
            code="ground_contradicts",
        )
    return options[0], ground, str(reviewer["name"])


def stop_when_withheld(decision: str | None) -> None:
    """Skip the calling task when the reviewer withheld the card (`decision` is None when nobody was asked)."""
    if decision == WITHHOLD:
        raise AirflowSkipException("The reviewer withheld this card: nothing is published.")
