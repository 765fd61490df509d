"""Questions of an executive interview over REST: who may, what is answered, and what an edit may not say."""

from __future__ import annotations

import msgspec
import pytest

from include.security.access import ROLES, Caller, Owners, Role, allows
from tasks.evaluation.context import StepContext
from tasks.executive.preparation import gather, store, write
from tests.live_gateway.http.conftest import Cast
from tests.support.executive_sessions import Application, application, good_interview
from tests.support.gateway_thread import Gateway
from tests.support.services.airflow_rest import AirflowServer

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def planned(gateway: Gateway, cast: Cast) -> Application:
    """An executive session of the cast's interviewer whose candidate had an AI interview; nothing is prepared yet."""
    stores = gateway.stores.acting_as("system")
    leader = cast.account_ids["interviewer"]
    return application(stores, "en", [("ai", good_interview("en"))], leader_id=leader, candidate_id=cast.candidate_id)


@pytest.fixture(scope="module")
def address(planned: Application) -> str:
    return f"/api/v1/interviews/{planned.session.id}/questions"


@pytest.fixture(scope="module")
def questions(gateway: Gateway, cast: Cast, planned: Application, address: str) -> str:
    """The address once the steps of the DAG have run."""
    assert cast.of("hr").get(address).json()["code"] == "not_prepared"
    context = StepContext(gateway.stores.acting_as("system"), gateway.settings.core, planned.session.id)
    store(context, write(context, gather(context)))
    return address


def test_preparing_triggers_one_run_while_nothing_changed(
    cast: Cast, airflow: AirflowServer, planned: Application, address: str
) -> None:
    answers = [cast.of(role).post(address) for role in ("interviewer", "hr")]  # type: ignore[arg-type]
    assert [a.status_code for a in answers] == [202, 202], answers[0].text
    first, second = (a.json() for a in answers)
    assert first["dag_id"] == "executive_preparation"
    assert first["dag_run_id"] == second["dag_run_id"]
    body = airflow.wait_for_run(first["dag_run_id"])
    assert body["conf"] == {"interview_id": planned.session.id}


@pytest.mark.parametrize("role", ROLES)
def test_who_may_read_and_decide(cast: Cast, planned: Application, questions: str, role: Role) -> None:
    own = cast.candidate_id if role == "candidate" else None
    caller = Caller(cast.account_ids[role], role, own)
    owners = Owners(planned.session.interviewer_id, planned.session.candidate_id)
    read = cast.of(role).get(questions)
    assert (read.status_code == 200) == allows(caller, "questions.read", owners), read.text
    first = cast.of("hr").get(questions).json()["questions"][0]["id"]
    decided = cast.of(role).patch(f"{questions}/{first}", json={"action": "accept"})
    assert (decided.status_code == 200) == allows(caller, "questions.decide", owners), decided.text


def test_a_stranger_of_the_same_role_sees_nothing(cast: Cast, questions: str) -> None:
    stranger = cast.stranger("interviewer")
    assert stranger.get(questions).status_code == 404
    assert stranger.post(questions).status_code == 404
    assert cast.nobody().get(questions).status_code == 401


def test_accept_edit_move_drop_and_take_back(cast: Cast, questions: str) -> None:
    client = cast.of("interviewer")
    before = client.get(questions).json()["questions"]
    a, b, c = (q["id"] for q in before[:3])
    for question, body in (
        (a, {"action": "accept"}),
        (b, {"action": "edit", "text": "Tell me about your own part in the migration."}),
        (c, {"action": "drop"}),
        (b, {"action": "move", "position": 0}),
    ):
        answer = client.patch(f"{questions}/{question}", json=body)
        assert answer.status_code == 200, answer.text
    after = client.get(questions).json()["questions"]
    assert [(q["id"], q["state"]) for q in after[:3]] == [(b, "edited"), (a, "accepted"), (c, "dropped")]
    assert after[0]["edited"] == "Tell me about your own part in the migration."
    assert after[0]["decided_by"] == f"interviewer:{cast.account_ids['interviewer']}"
    back = client.patch(f"{questions}/{c}", json={"action": "restore"}).json()["questions"]
    assert back[2]["state"] == "proposed"


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("en", "Are you married?", "may concern"),
        ("ko", "결혼하셨나요?", "관한 질문일 수 있습니다"),
        ("en", "You led the team well, didn't you?", "suggests its answer"),
        ("ko", "만약 팀원이 반대한다면 어떻게 하시겠습니까?", "가정하여 묻는"),
    ],
)
def test_an_edit_that_may_not_be_asked_is_refused_with_the_reason(
    cast: Cast, questions: str, language: str, text: str, said: str
) -> None:
    client = cast.of("interviewer")
    before = client.get(questions).json()
    address = f"{questions}/{before['questions'][-1]['id']}"
    answer = client.patch(address, json={"action": "edit", "text": text}, headers={"Accept-Language": language})
    assert answer.status_code == 400
    assert answer.json()["code"] == "question_refused"
    assert said in answer.json()["detail"]
    assert text not in answer.text
    assert client.get(questions).json()["questions"] == before["questions"]


@pytest.mark.parametrize(
    "body", [{"action": "edit"}, {"action": "move"}, {"action": "shout"}, {"action": "move", "position": -1}]
)
def test_half_a_decision_is_no_decision(cast: Cast, questions: str, body: dict) -> None:
    first = cast.of("hr").get(questions).json()["questions"][0]["id"]
    assert cast.of("hr").patch(f"{questions}/{first}", json=body).status_code == 400
    assert cast.of("hr").patch(f"{questions}/nothing", json={"action": "accept"}).status_code == 404


def test_only_executive_interviews_have_questions(cast: Cast, planned: Application, questions: str) -> None:
    other = f"/api/v1/interviews/{planned.interviews['ai']}/questions"
    for answer in (cast.of("hr").post(other), cast.of("hr").get(other)):
        assert answer.status_code == 404
        assert "stage ai" in answer.json()["detail"]


def test_no_score_of_an_earlier_stage_is_answered(cast: Cast, planned: Application, questions: str) -> None:
    text = cast.of("interviewer").get(questions).text
    card = planned.cards["ai"]
    for number in (card.total, card.total_sem, *(c.level for c in card.criteria if c.level is not None)):
        assert str(number) not in text
    assert not set(msgspec.json.decode(text)["questions"][0]) & {"score", "level", "sem", "total", "weight"}
