"""Similar past answers by REST: numbers for those who interview, words for who may read them, nothing for others."""

from __future__ import annotations

import pytest

from tests.live_gateway.http.conftest import Cast
from tests.support.gateway_thread import Gateway
from tests.support.indexed_answers import publish_answers

pytestmark = pytest.mark.services

OPENING = "answers-by-rest"
MARKER = "Quagmirefield"
SAID = "결제 서비스 장애의 원인을 찾아 데이터베이스 연결 설정을 고쳤습니다."
ASKED = {"text": "데이터베이스 연결 때문에 난 결제 장애를 고쳤습니다.", "opening_id": OPENING}


@pytest.fixture(scope="module")
def ids(gateway: Gateway) -> tuple[str, ...]:
    """Five people who answered alike; only one of them says the word."""
    stores, core = gateway.stores.acting_as("system"), gateway.settings.core
    return tuple(
        publish_answers(stores, core, [f"{SAID} {MARKER if n == 0 else ''}".strip()], opening_id=OPENING)
        for n in range(5)
    )


def test_numbers_for_those_who_interview_and_no_words(cast: Cast, ids: tuple[str, ...]) -> None:
    for role in ("hr", "interviewer", "reviewer"):
        answer = cast.of(role).post("/api/v1/answers/search", json=ASKED)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert (found["answers"], found["people"], found["suppressed"], found["details"]) == (5, 5, False, None)
        assert MARKER not in answer.text
        assert not any(one in answer.text for one in ids)


def test_words_only_for_who_may_read_them(cast: Cast, gateway: Gateway, ids: tuple[str, ...]) -> None:
    found = cast.of("hr").post("/api/v1/answers/details", json=ASKED).json()
    assert {d["interview_id"] for d in found["details"]} == set(ids)
    assert any(MARKER in d["text"] for d in found["details"])
    entry = [e for e in gateway.stores.audit.entries(f"opening:{OPENING}") if e.action == "answers.searched"][-1]
    assert entry.actor == f"hr:{cast.account_ids['hr']}"
    assert '"details"' in entry.detail
    for role in ("interviewer", "candidate", "auditor"):
        assert cast.of(role).post("/api/v1/answers/details", json=ASKED).status_code == 403
    assert cast.of("candidate").post("/api/v1/answers/search", json=ASKED).status_code == 403


def test_a_copy_is_a_sign_by_ids(cast: Cast, gateway: Gateway) -> None:
    stores, core = gateway.stores.acting_as("system"), gateway.settings.core
    text = (
        "지난해 결제 서비스에서 장애가 자주 발생했습니다. 제가 원인을 분석해 보니 데이터베이스 연결이 부족했고, "
        "연결 풀을 늘리고 느린 질의를 고쳐서 장애를 절반으로 줄였습니다."
    )
    first, second = (publish_answers(stores, core, [text], opening_id="copies-by-rest") for _ in range(2))
    answer = cast.of("reviewer").get(f"/api/v1/answers/near-identical/{second}")
    assert answer.status_code == 200, answer.text
    (sign,) = answer.json()["signs"]
    assert (sign["answer"]["interview_id"], sign["other"]["interview_id"], sign["shared"]) == (second, first, 1.0)
    assert "결제" not in answer.text


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"opening_id": "nowhere"}, 404),
        ({"text": ""}, 400),
        ({"least_similarity": 2}, 400),
        ({"text": "x" * 6000}, 400),
    ],
)
def test_what_does_not_fit_is_refused(cast: Cast, change: dict[str, object], status: int) -> None:
    answer = cast.of("hr").post("/api/v1/answers/search", json={**ASKED, **change})
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")
