"""Contests by REST: the candidate's own, the list with its clock, and answers by people who had no part in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from include.interview.assessment.rubric import load_rubric
from include.interview.scoring.ratings import Rating
from include.storage.database import tables as t
from tests.live_gateway.http.conftest import Cast
from tests.support.gateway_thread import Gateway

pytestmark = pytest.mark.services
BODY = {"grounds": ["words_misheard", "other"], "words": "3년이 아니라 <b>13년</b>입니다."}
STANDS = {"outcome": "upheld", "text": "다시 들었고 결과를 유지합니다.", "evidence": ["language"]}


@pytest.fixture
def interview(gateway: Gateway, cast: Cast) -> str:
    """A published interview of the first candidate."""
    stores = gateway.stores.acting_as("system")
    application = stores.applications.ensure(cast.candidate_id, cast.opening_id)
    made = stores.interviews.create(application, "ai", "standard", "ko").id
    stores.interviews.set_status(made, "published")
    return made


def place(interview: str) -> str:
    return f"/api/v1/interviews/{interview}/contest"


def opened(cast: Cast, interview: str) -> str:
    answer = cast.of("candidate").post(place(interview), json=BODY, headers={"Accept-Language": "ko"})
    assert answer.status_code == 201, answer.text
    return answer.json()["contest"]["id"]


def test_a_candidate_contests_reads_and_withdraws_their_own(cast: Cast, interview: str) -> None:
    own = cast.of("candidate")
    none = own.get(place(interview))
    assert (none.status_code, none.json()["code"]) == (404, "no_contest")
    made = own.post(place(interview), json=BODY, headers={"Accept-Language": "ko"})
    assert made.status_code == 201, made.text
    view = made.json()
    line = view["contest"]
    assert (line["state"], line["language"], line["days_left"], line["overdue"]) == ("open", "ko", 30, False)
    due, begun = (datetime.fromisoformat(line[key]) for key in ("due_at", "opened_at"))
    assert due - begun == timedelta(days=30)
    assert own.get(place(interview)).json()["words"] == BODY["words"]
    twice = own.post(place(interview), json=BODY)
    assert (twice.status_code, twice.json()["code"]) == (409, "contest_open")
    assert own.post(f"{place(interview)}/withdrawal").json()["state"] == "withdrawn"
    gone = own.post(f"{place(interview)}/withdrawal", headers={"Accept-Language": "ko"})
    assert (gone.status_code, gone.json()["code"]) == (404, "no_contest")
    assert opened(cast, interview) != line["id"]


def test_nobody_contests_what_is_anothers_or_not_published(gateway: Gateway, cast: Cast, interview: str) -> None:
    stranger = cast.stranger("candidate")
    assert stranger.post(place(interview), json=BODY).status_code == 404
    identity = opened(cast, interview)
    assert stranger.get(place(interview)).status_code == 404
    assert stranger.get(f"/api/v1/contests/{identity}").status_code == 404
    assert stranger.post(f"{place(interview)}/withdrawal").status_code == 404
    assert cast.of("candidate").get("/api/v1/contests").status_code == 403
    assert cast.of("interviewer").get(f"/api/v1/contests/{identity}").status_code == 403
    for role in ("hr", "reviewer"):
        assert cast.of(role).post(place(interview), json=BODY).status_code == 403  # type: ignore[arg-type]
    stores = gateway.stores.acting_as("system")
    application = stores.applications.ensure(cast.candidate_id, cast.opening_id)
    early = stores.interviews.create(application, "practical", "standard", "ko").id
    refused = cast.of("candidate").post(place(early), json=BODY, headers={"Accept-Language": "ko"})
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing_to_contest")
    assert "공개된 결과가 없어" in refused.json()["detail"]


@pytest.mark.parametrize(
    "wrong", [{"grounds": []}, {"grounds": ["because"]}, {"words": ""}, {"words": "x" * 4001}, {"more": 1}]
)
def test_a_contest_that_says_nothing_is_refused(cast: Cast, interview: str, wrong: dict) -> None:
    answer = cast.of("candidate").post(place(interview), json=BODY | wrong)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    twice = cast.of("candidate").post(place(interview), json=BODY | {"grounds": ["other", "other"]})
    blank = cast.of("candidate").post(place(interview), json=BODY | {"words": "  "})
    assert [(one.status_code, one.json()["code"]) for one in (twice, blank)] == [(400, "contest_empty")] * 2


def test_it_is_listed_by_its_clock_and_answered_once(gateway: Gateway, cast: Cast, interview: str) -> None:
    identity = opened(cast, interview)
    with gateway.stores.db.begin() as connection:
        late = datetime.now(UTC) - timedelta(days=2, hours=1)
        connection.execute(update(t.contests).where(t.contests.c.id == identity).values(due_at=late))
    (first, *rest) = cast.of("hr").get("/api/v1/contests", params={"limit": 200}).json()["items"]
    assert (first["id"], first["days_left"], first["overdue"]) == (identity, -2, True)
    assert "words" not in first
    assert [one["due_at"] for one in rest] == sorted(one["due_at"] for one in rest)
    read = cast.of("reviewer").get(f"/api/v1/contests/{identity}").json()
    assert (read["words"], read["answered_by"]) == (BODY["words"], None)
    where = f"/api/v1/contests/{identity}/answer"
    for wrong, code in (
        ({"evidence": []}, "evidence_not_opened"),
        ({"evidence": ["nothing_of_it"]}, "evidence_unknown"),
        ({"outcome": "sorry"}, "invalid_request"),
        ({"text": " "}, "contest_empty"),
    ):
        refused = cast.of("hr").post(where, json=STANDS | wrong)
        assert (refused.status_code, refused.json()["code"]) == (400, code)
    given = cast.of("hr").post(where, json=STANDS)
    assert given.status_code == 200, given.text
    assert given.json()["answered_by"] == f"hr:{cast.account_ids['hr']}"
    again = cast.of("reviewer").post(where, json=STANDS)
    assert (again.status_code, again.json()["code"]) == (409, "contest_closed")
    own = cast.of("candidate").get(place(interview)).json()
    assert (own["outcome"], own["answer"], own["answered_by"]) == ("upheld", STANDS["text"], None)
    assert identity not in [one["id"] for one in cast.of("hr").get("/api/v1/contests").json()["items"]]
    listed = cast.of("hr").get("/api/v1/contests", params={"state": "answered", "limit": 200}).json()["items"]
    assert identity in [one["id"] for one in listed]
    trail = [(one.action, one.actor.partition(":")[0]) for one in gateway.stores.audit.entries(f"interview:{interview}")
             if one.action.startswith("contest.")]  # fmt: skip
    assert trail == [
        ("contest.opened", "candidate"), ("contest.read", "reviewer"), ("contest.answered", "hr"),
        ("contest.read", "candidate"),
    ]  # fmt: skip


def test_who_rated_the_interview_is_told_that_another_answers(gateway: Gateway, cast: Cast, interview: str) -> None:
    given = [Rating(c.id, 3, "as heard") for c in load_rubric("ai", "1").criteria]
    gateway.stores.acting_as("system").ratings.submit(interview, cast.account_ids["hr"], given)
    where = f"/api/v1/contests/{opened(cast, interview)}/answer"
    refused = cast.of("hr").post(where, json=STANDS, headers={"Accept-Language": "ko"})
    assert (refused.status_code, refused.json()["code"]) == (409, "contest_not_independent")
    assert "다른 담당자" in refused.json()["remedy"]
    assert cast.of("reviewer").post(where, json=STANDS).status_code == 200
