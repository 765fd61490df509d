"""What a refused request is told: every field at fault, what is allowed, what is there already, what is missing."""

from __future__ import annotations

import msgspec
import pytest

from include.interview.intake.faults import MOST_FAULTS, UNFIT, in_korean
from include.interview.records import Bilingual, Opening
from include.security.access import ROLES
from live_gateway.field_faults import faults
from live_gateway.http.consents import ConsentIn
from live_gateway.http.openings import EXAMPLE, OpeningIn
from live_gateway.http.sessions import SessionIn
from tests.live_gateway.http.conftest import Cast
from tests.support.gateway_thread import Gateway

NOBODY_ID = "00000000-0000-4000-8000-000000000000"
OTHER_TYPE = "Send JSON, with the header Content-Type: application/json."
PURPOSES = "recording, ai_evaluation, emotion_analysis, retention"


def told(body: object, kind: object, language: str) -> dict[str, str]:
    return {one.field: one.message for one in faults(body, kind, language)}


@pytest.mark.unit
def test_every_part_of_a_body_is_looked_at() -> None:
    body = {"title": {"ko": 1}, "competencies": ["a", {"name": ""}, {"x": 1}], "language": "fr", "places": 0}
    assert told(body, OpeningIn, "en") == {
        "title.ko": "Expected `str`, got `int`",
        "title.en": "Object missing required field `en`",
        "description": "Object missing required field `description`",
        "language": "Allowed values: ko, en, auto.",
        "competencies[1].name": "Expected `str` of length >= 1",
        "competencies[2].x": "Object contains unknown field `x`",
        "competencies[2].name": "Object missing required field `name`",
        "places": "Expected `int` >= 1",
    }


@pytest.mark.unit
def test_a_body_that_fits_has_no_faults() -> None:
    assert list(faults(EXAMPLE, OpeningIn, "en")) == []
    assert list(faults({"purposes": ["recording"], "text_version": "1"}, ConsentIn, "ko")) == []


@pytest.mark.unit
@pytest.mark.parametrize("body", [[], "x", None, 3, {"purposes": []}, {"purposes": "recording", "text_version": "1"}])
def test_whatever_the_decoder_refuses_has_a_fault(body: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(body, ConsentIn, strict=False)
    assert list(faults(body, ConsentIn, "en"))


@pytest.mark.unit
def test_what_was_sent_is_not_repeated() -> None:
    body = {"candidate_id": "홍길동", "opening_id": "b", "language": "홍길동", "stage": "홍길동"}
    found = told(body, SessionIn, "ko")
    assert set(found) == {"candidate_id", "language", "stage"}
    assert found["stage"] == "다음 값만 쓸 수 있습니다: practical, executive."
    assert not any("홍길동" in message for message in found.values())


@pytest.mark.unit
def test_every_kind_of_fault_is_told_in_korean() -> None:
    body = {"title": {"ko": 1}, "competencies": ["a", {"name": ""}, {"x": 1}], "language": "fr", "places": 0}
    found = told(body, OpeningIn, "ko")
    assert found["title.ko"] == "필요한 형식: 문자열. 보낸 형식: 정수."
    assert found["competencies[1].name"] == "길이가 1 이상이어야 합니다."
    assert found["places"] == "1 이상이어야 합니다."
    pattern = told({"candidate_id": "x", "opening_id": "y"}, SessionIn, "ko")["candidate_id"]
    assert pattern.startswith("다음 정규식에 맞아야 합니다: ")
    assert UNFIT not in {*found.values(), pattern}
    for sentence in ("Expected `float` > 0.0", "Expected `array` of length <= 32", "Expected `int | null`, got `str`"):
        assert in_korean(sentence) != UNFIT, sentence
    assert in_korean("Invalid base64 encoded string") == UNFIT


@pytest.mark.services
@pytest.mark.parametrize("language", ["ko", "en"])
def test_all_that_does_not_fit_together_in_an_opening(cast: Cast, language: str) -> None:
    body = {"title": " ", "description": "x", "profile": "mars", "questions": [{"text": "q", "competencies": ["none"]}],
            "competencies": [{"name": "a", "id": "a"}, {"name": "b", "id": "a"}], "id": "a/b"}  # fmt: skip
    answer = cast.of("hr").post("/api/v1/openings", json=body, headers={"Accept-Language": language})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_input")
    fields = {one["field"] for one in answer.json()["errors"]}
    assert fields == {"title", "profile", "questions[0].competencies", "competencies", "id"}
    for one in answer.json()["errors"]:
        assert one["message"] in answer.json()["detail"] or one["message"].rstrip(".") in answer.json()["detail"]


@pytest.mark.services
def test_all_faults_of_a_request_at_once(cast: Cast) -> None:
    hr = cast.of("hr")
    body = {"purposes": ["recording", "sale"], "candidate_id": "someone", "extra": 1}
    told = hr.post("/api/v1/consents", json=body).json()
    assert told["code"] == "invalid_request"
    fields = {one["field"]: one["message"] for one in told["errors"]}
    assert set(fields) == {"purposes[1]", "candidate_id", "extra", "text_version"}
    assert fields["purposes[1]"] == f"Allowed values: {PURPOSES}."
    roles = hr.post("/api/v1/accounts", json={"login": "x", "role": "boss"}).json()["errors"]
    assert roles == [{"field": "role", "message": f"Allowed values: {', '.join(ROLES)}."}]
    whole = hr.post("/api/v1/consents", json=[1]).json()["errors"]
    assert whole == [{"field": "body", "message": "Expected `object`, got `array`"}]
    for broken in (b'{"purposes": ', b"\xff\xfe"):
        told = hr.post("/api/v1/consents", content=broken, headers={"Content-Type": "application/json"})
        assert (told.status_code, told.json()["code"]) == (400, "invalid_request")
        assert told.json()["errors"] == [{"field": "body", "message": "This is no JSON in UTF-8."}]
    for kind, sentence in (("application/json", "A JSON object is required."), ("text/plain", OTHER_TYPE)):
        none = hr.post("/api/v1/auth/login", content=b"" if "json" in kind else b"x", headers={"Content-Type": kind})
        assert (none.status_code, none.json()["errors"]) == (400, [{"field": "body", "message": sentence}])
    form = hr.post("/api/v1/candidates", data={"name": "A form's"}).json()
    assert form["errors"] == [{"field": "body", "message": OTHER_TYPE}]
    many = hr.post("/api/v1/consents", json={f"f{n}": n for n in range(200)}).json()["errors"]
    assert len(many) == MOST_FAULTS


@pytest.mark.services
def test_faults_of_the_address_name_what_is_allowed(cast: Cast) -> None:
    query = {"candidate_id": "x", "opening_id": "", "language": "fr"}
    told = cast.of("hr").post("/api/v1/ai-interview/upload", params=query, content=b"x").json()
    fields = {one["field"]: one["message"] for one in told["errors"]}
    assert set(fields) == {"candidate_id", "opening_id", "language"}
    assert fields["language"] == "Allowed values: ko, en, auto."


@pytest.mark.services
def test_parameters_that_are_left_out_are_named_all_at_once(cast: Cast) -> None:
    hr = cast.of("hr")
    upload = hr.post("/api/v1/ai-interview/upload", content=b"x").json()
    assert {one["field"] for one in upload["errors"]} == {"candidate_id", "opening_id"}
    assert {one["message"] for one in upload["errors"]} == {"Required in the address."}
    report = hr.get("/api/v1/openings/none/ranking/report", headers={"Accept-Language": "ko"}).json()
    assert report["errors"] == [{"field": "format", "message": "주소에 있어야 합니다."}]
    piece = hr.patch(
        f"/api/v1/uploads/{NOBODY_ID}", content=b"x", headers={"Content-Type": "application/offset+octet-stream"}
    ).json()
    assert piece["errors"] == [{"field": "Upload-Offset", "message": "Required."}]


@pytest.mark.services
def test_who_or_what_is_absent_is_named_alone(cast: Cast) -> None:
    hr = cast.of("hr")
    opening = hr.post("/api/v1/openings", json={"title": "Absent people", "description": "x"}).json()["id"]
    body = {"candidate_id": NOBODY_ID, "opening_id": opening}
    told = hr.post("/api/v1/sessions", json=body)
    assert (told.status_code, told.json()["detail"]) == (404, f"There is no candidate {NOBODY_ID}.")
    consent = hr.post("/api/v1/consents", json={"purposes": ["recording"], "text_version": "1"}).json()
    assert consent["errors"] == [{"field": "candidate_id", "message": "Say which candidate is meant."}]
    account = hr.post("/api/v1/accounts", json={"login": "somebody.new", "role": "candidate"}).json()
    assert [one["field"] for one in account["errors"]] == ["candidate_id"]


@pytest.mark.services
def test_an_opening_that_exists_is_named(gateway: Gateway, cast: Cast) -> None:
    body = {"title": "Taken twice", "description": "The same content has the same id."}
    first = cast.of("hr").post("/api/v1/openings", json=body)
    again = cast.of("hr").post("/api/v1/openings", json=body)
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")
    assert again.json()["existing"] == first.json()["id"]
    assert first.json()["id"] in again.json()["detail"]
    korean = cast.of("hr").post("/api/v1/openings", json=body, headers={"Accept-Language": "ko"}).json()
    assert first.json()["id"] in korean["detail"]


@pytest.mark.services
@pytest.mark.parametrize("language", ["ko", "en"])
def test_missing_consents_are_listed(gateway: Gateway, cast: Cast, language: str) -> None:
    text = Bilingual(ko="공고", en="Opening")
    gateway.stores.acting_as("system").openings.put(Opening(id="asks-consent", title=text, description=text))
    candidate = gateway.stores.acting_as("system").candidates.create("장보고").id
    gateway.stores.acting_as("system").consents.grant(candidate, None, ["recording"], "1")
    asked = {"candidate_id": candidate, "opening_id": "asks-consent", "size": 100}
    told = cast.of("hr").post("/api/v1/uploads", json=asked, headers={"Accept-Language": language}).json()
    assert told["code"] == "consent_missing"
    assert told["purposes"] == ["ai_evaluation"]
    assert "ai_evaluation" in told["detail"]


@pytest.mark.services
def test_who_asks_by_rest_is_not_sent_to_a_shell(cast: Cast) -> None:
    told = cast.of("hr").post("/api/v1/sessions", json={"candidate_id": cast.candidate_id, "opening_id": "nope"}).json()
    assert (told["code"], told["remedy"]) == (
        "not_found",
        "Check the id against the list of openings, or add it first.",
    )
