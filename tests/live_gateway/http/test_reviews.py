"""Answering a review: nothing wrong reaches Airflow, and after a refusal the right answer is still taken."""

from __future__ import annotations

import httpx
import pytest

from include.interview.assessment.policy import load_profile
from tests.live_gateway.http.conftest import Cast
from tests.support.gateway_thread import Gateway
from tests.support.reviewed_sessions import bring_into
from tests.support.spoken_sessions import opening

pytestmark = pytest.mark.services
RIGHT = {"decision": "publish", "ground": "evidence_supports_card", "evidence": ["language"]}


@pytest.fixture
def waiting(gateway: Gateway, cast: Cast, airflow) -> str:
    """An interview whose run waits for a reviewer."""
    stores = gateway.stores.acting_as("system")
    application = stores.applications.ensure(cast.candidate_id, cast.opening_id)
    interview = stores.interviews.create(application, "ai", "kr", "ko").id
    stores.reviews.ask(interview, "artifact", ["profile_requires_review"])
    stores.interviews.set_status(interview, "review")
    airflow.waiting[interview] = f"run-{interview}"
    return interview


def listed(gateway: Gateway, cast: Cast) -> str:
    """The page of the reviews that wait for the cast's reviewer."""
    token = gateway.token(cast.account_ids["reviewer"], "reviewer")
    page = httpx.get(f"{gateway.url}/reviews", cookies={"triview_token": token}, timeout=30.0, trust_env=False)
    assert page.status_code == 200
    return page.text


def test_a_question_that_is_put_again_waits_again(gateway: Gateway, cast: Cast, waiting: str) -> None:
    """An operator clears the task `review` after an answer that led to nothing."""
    place = f"/api/v1/interviews/{waiting}/review"
    assert cast.of("reviewer").post(place, json=RIGHT).status_code == 200
    assert waiting not in listed(gateway, cast)
    gateway.stores.acting_as("system").reviews.ask(waiting, "artifact", ["profile_requires_review"])
    assert cast.of("reviewer").get(place).json()["waiting"]
    assert waiting in listed(gateway, cast)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"ground": "because"}, "invalid_request"),
        ({"evidence": []}, "invalid_request"),
        ({"evidence": ["nothing_of_it"]}, "evidence_unknown"),
        ({"decision": "withhold"}, "ground_contradicts"),
        ({"ground": "recording_unusable"}, "ground_contradicts"),
    ],
)
def test_a_wrong_answer_is_refused_and_the_right_one_is_taken_after_it(
    wrong: dict, code: str, gateway: Gateway, cast: Cast, airflow, waiting: str
) -> None:
    place = f"/api/v1/interviews/{waiting}/review"
    asked = cast.of("reviewer").get(place).json()
    assert asked["waiting"]
    assert waiting in listed(gateway, cast)
    assert "evidence_supports_card" in asked["grounds"]
    before = len(airflow.reviews)
    refused = cast.of("reviewer").post(place, json=RIGHT | wrong)
    assert (refused.status_code, refused.json()["code"]) == (400, code)
    assert len(airflow.reviews) == before
    taken = cast.of("reviewer").post(place, json=RIGHT)
    assert taken.status_code == 200, taken.text
    assert taken.json()["run_id"] == f"run-{waiting}"
    assert not cast.of("reviewer").get(place).json()["waiting"], "it is answered, though the run has yet to go on"
    assert waiting not in listed(gateway, cast)
    answer = {"chosen_options": ["publish"], "params_input": {"ground": "evidence_supports_card"}}
    assert airflow.reviews[before:] == [(f"run-{waiting}", answer)]
    (entry,) = [e for e in gateway.stores.audit.entries() if (e.action, e.subject.partition(":")[2]) == ("card.review_given", waiting)]  # fmt: skip  # noqa: E501
    assert '"evidence":"language"' in entry.detail.replace(" ", "")
    again = cast.of("reviewer").post(place, json=RIGHT)
    assert (again.status_code, again.json()["code"]) == (409, "review_not_waiting")


def test_a_question_that_is_just_being_put_is_told_from_one_that_was_answered(
    cast: Cast, airflow, waiting: str
) -> None:
    """Between the record of the question and the moment at which Airflow waits for its answer."""
    place = f"/api/v1/interviews/{waiting}/review"
    run = airflow.waiting.pop(waiting)
    early = cast.of("reviewer").post(place, json=RIGHT, headers={"Accept-Language": "ko"})
    assert (early.status_code, early.json()["code"]) == (409, "review_not_ready")
    assert "잠시 뒤에" in early.json()["remedy"]
    assert "in a moment" in cast.of("reviewer").post(place, json=RIGHT).json()["remedy"]
    airflow.waiting[waiting] = run
    assert cast.of("reviewer").post(place, json=RIGHT).status_code == 200
    # The answer is with Airflow, and the step that records it has not run yet.
    late = cast.of("reviewer").post(place, json=RIGHT)
    assert (late.status_code, late.json()["code"]) == (409, "review_not_waiting")


def test_who_conducts_and_has_not_rated_neither_reads_nor_answers(gateway: Gateway, cast: Cast) -> None:
    stores = gateway.stores.acting_as("system")
    reviewer = cast.account_ids["reviewer"]
    stores.openings.put(opening("en"))
    session = stores.live_sessions.create(
        interviewer_id=reviewer, candidate_id=cast.candidate_id, opening_id=opening("en").id, profile="standard",
        language="en", microphones="shared", stage="executive",
    )  # fmt: skip
    stores.consents.grant(cast.candidate_id, session.id, load_profile("standard").purposes, "2026-11")
    bring_into(stores, "under_review", session)
    place = f"/api/v1/interviews/{session.id}/review"
    for refused in (
        cast.of("reviewer").get(place),
        cast.of("reviewer").post(place, json=RIGHT | {"evidence": ["leadership"]}),
    ):
        assert (refused.status_code, refused.json()["code"]) == (404, "rate_first")
    assert session.id not in listed(gateway, cast)


@pytest.mark.parametrize("role", ["hr", "interviewer", "candidate"])
def test_only_reviewers_answer(role: str, cast: Cast, airflow, waiting: str) -> None:
    answer = cast.of(role).post(f"/api/v1/interviews/{waiting}/review", json=RIGHT)  # type: ignore[arg-type]
    assert answer.status_code in (403, 404)
    assert waiting in airflow.waiting
