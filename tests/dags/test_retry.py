"""Bad input fails at once; trouble outside is tried again; the answer of a review is checked."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import RetryAction

from dags.binding import PublishedProgress, from_xcom, interview_of
from dags.human_review import WITHHOLD, checked_answer, stop_when_withheld
from dags.policy import RETRY_POLICY, heavy
from include.interview.entities import ArtifactRef
from include.interview.errors import (
    BadInput,
    BadMedia,
    ConsentMissing,
    JudgeFailure,
    NotFound,
    PolicyRefusal,
    ServiceFailure,
    WrongKey,
)
from include.settings import SettingsError

pytestmark = pytest.mark.airflow


@pytest.mark.parametrize("kind", [BadInput, BadMedia, ConsentMissing, NotFound, WrongKey, PolicyRefusal, SettingsError])
def test_bad_input_fails_at_once(kind: type[Exception]) -> None:
    assert RETRY_POLICY.evaluate(kind("x"), 1, 3).action is RetryAction.FAIL


@pytest.mark.parametrize("kind", [ServiceFailure, JudgeFailure, ConnectionResetError, TimeoutError])
def test_trouble_outside_is_tried_again(kind: type[Exception]) -> None:
    assert RETRY_POLICY.evaluate(kind("x"), 1, 3).action is RetryAction.RETRY


def test_the_policy_survives_serialisation() -> None:
    again = type(RETRY_POLICY).deserialize(RETRY_POLICY.serialize())
    assert again.evaluate(BadMedia("x"), 1, 3).action is RetryAction.FAIL


def test_conf_may_carry_the_id_only() -> None:
    run = SimpleNamespace(conf={"interview_id": "A-1"}, run_id="ai-a-1")
    assert interview_of({"dag_run": run, "params": {"interview_id": "A-1"}}) == "a-1"
    run.conf["name"] = "Kim"
    with pytest.raises(BadInput) as refusal:
        interview_of({"dag_run": run, "params": {"interview_id": "A-1"}})
    assert "Kim" not in str(refusal.value)


@pytest.mark.parametrize("given", [{}, {"dag_run_id": None}, {"dag_run_id": ""}])
def test_a_run_without_an_id_of_its_own_does_not_go_around_the_409(given: dict[str, str | None]) -> None:
    """The id is what Airflow's own REST interface makes of such a request."""
    from airflow.api_fastapi.core_api.datamodels.dag_run import TriggerDAGRunPostBody
    from airflow.timetables.simple import NullTimetable

    asked = TriggerDAGRunPostBody.model_validate({"logical_date": None, "conf": {"interview_id": "A-1"}, **given})
    made = asked.validate_context(SimpleNamespace(timetable=NullTimetable(), validate_partition_key=lambda _: None))[
        "run_id"
    ]
    run = SimpleNamespace(conf={"interview_id": "A-1"}, run_id=made)
    with pytest.raises(BadInput, match="409") as refusal:
        interview_of({"dag_run": run, "params": {"interview_id": "A-1"}})
    assert refusal.value.code == "run_id_missing"


def test_refs_come_back_from_xcom_as_records() -> None:
    ref = {"id": "1", "interview_id": "2", "kind": "speech"}
    assert from_xcom([ref, "words"]) == [ArtifactRef("1", "2", "speech"), "words"]


def test_progress_is_throttled_ends_at_100_and_never_fails_a_step() -> None:
    kept: list[Any] = []
    progress = PublishedProgress(SimpleNamespace(set=lambda key, value: kept.append((key, value))))
    for percent in range(101):
        progress(percent / 100, "decoding")
    assert kept[0] == ("progress", {"percent": 0, "phrase": "decoding"})
    assert kept[-1] == ("progress", {"percent": 100, "phrase": "decoding"})
    assert len(kept) == 2

    def refuse(key: str, value: object) -> None:
        raise ConnectionError

    PublishedProgress(SimpleNamespace(set=refuse))(0.5, "decoding")


def test_a_withheld_card_is_not_published() -> None:
    from airflow.sdk.exceptions import AirflowSkipException

    stop_when_withheld(None)
    stop_when_withheld("publish")
    with pytest.raises(AirflowSkipException):
        stop_when_withheld(WITHHOLD)


def test_heavy_tasks_go_to_the_configured_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "queue" not in heavy(minutes=1)
    monkeypatch.setenv("TRIVIEW_MEDIA_QUEUE", "media")
    assert heavy(minutes=1)["queue"] == "media"
    assert heavy(minutes=1)["executor"] == "CeleryExecutor"


def answer(decision: object, ground: object, reviewer: object = "kim") -> dict[str, Any]:
    by = None if reviewer is None else {"id": "1", "name": reviewer}
    return {"chosen_options": decision, "params_input": {"ground": ground}, "responded_by_user": by}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (answer(["publish"], "because"), "bad_review"),
        (answer(["publish"], ["evidence_supports_card"]), "bad_review"),
        (answer(["publish", "withhold"], "evidence_supports_card"), "bad_review"),
        (answer([], "evidence_supports_card"), "bad_review"),
        (answer(["delete"], "evidence_supports_card"), "bad_review"),
        (answer(["publish"], "evidence_supports_card", None), "bad_review"),
        (answer(["publish"], "evidence_does_not_support_card"), "ground_contradicts"),
        (answer(["publish"], "recording_unusable"), "ground_contradicts"),
        (answer(["withhold"], "evidence_supports_card"), "ground_contradicts"),
        ({**answer(["withhold"], ""), "params_input": {}}, "ground_contradicts"),
    ],
)
def test_a_review_answered_outside_its_form_or_against_itself_is_refused(given: dict[str, Any], code: str) -> None:
    with pytest.raises(BadInput) as refusal:
        checked_answer(given)
    assert refusal.value.code == code
    assert "because" not in str(refusal.value)


def test_a_review_that_fits_is_taken() -> None:
    assert checked_answer(answer(["publish"], "evidence_supports_card")) == ("publish", "evidence_supports_card", "kim")
    assert checked_answer(answer(["withhold"], "recording_unusable")) == ("withhold", "recording_unusable", "kim")
