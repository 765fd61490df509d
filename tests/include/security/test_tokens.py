"""Access tokens: signed, short, bound to us, and nothing else passes."""

from __future__ import annotations

import base64
import json

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.security import tokens
from include.security.access import Caller
from include.security.errors import BadToken, KeyProblem

pytestmark = pytest.mark.unit
SECRET, OTHER = "s" * 40, "o" * 40
NOW = 1_700_000_000.0


def issued(**changes: object) -> str:
    values = {"account_id": "a1", "role": "interviewer", "login_id": "l1", "now": NOW, "ttl_s": 900.0} | changes
    return tokens.issue_token(SECRET, **values)  # type: ignore[arg-type]


def test_a_token_says_who_until_when() -> None:
    claims = tokens.read_token(SECRET, issued(), now=NOW + 899)
    assert (claims.account_id, claims.role, claims.candidate_id) == ("a1", "interviewer", None)
    assert (claims.issued_at, claims.expires_at) == (NOW, NOW + 900)
    assert claims.caller == Caller("a1", "interviewer", None, "l1")
    assert claims.token_id != tokens.read_token(SECRET, issued(), now=NOW).token_id
    own = tokens.read_token(SECRET, issued(role="candidate", candidate_id="c1"), now=NOW)
    assert own.caller == Caller("a1", "candidate", "c1", "l1")


@pytest.mark.parametrize(
    ("now", "code"), [(NOW + 900, "token_expired"), (NOW - 31, "token_invalid"), (NOW - 29, None), (NOW, None)]
)
def test_a_token_holds_in_its_time_only(now: float, code: str | None) -> None:
    if code is None:
        assert tokens.read_token(SECRET, issued(), now=now).account_id == "a1"
        return
    with pytest.raises(BadToken) as caught:
        tokens.read_token(SECRET, issued(), now=now)
    assert caught.value.code == code


def refused(token: str) -> None:
    with pytest.raises(BadToken) as caught:
        tokens.read_token(SECRET, token, now=NOW)
    assert caught.value.code == "token_invalid"


def test_other_signatures_algorithms_issuers_and_claims_are_refused() -> None:
    good = {
        "iss": tokens.ISSUER, "aud": tokens.AUDIENCE, "sub": "a1", "role": "hr", "sid": "l1", "iat": NOW,
        "exp": NOW + 9, "jti": "j",
    }  # fmt: skip
    assert tokens.read_token(SECRET, jwt.encode(good, SECRET, algorithm="HS256"), now=NOW).role == "hr"
    refused(jwt.encode(good, OTHER, algorithm="HS256"))
    refused(jwt.encode(good, SECRET + "s" * 64, algorithm="HS512"))
    refused(jwt.encode(good, None, algorithm="none"))  # type: ignore[arg-type]
    bad = [
        {"role": "root"}, {"role": ["hr"]}, {"sid": None}, {"sub": 1}, {"jti": None}, {"iss": "other"},
        {"aud": "other"},
        {"exp": "soon"}, {"exp": True}, {"iat": None}, {"role": "candidate"}, {"candidate_id": "c1"},
        {"role": "candidate", "candidate_id": 5},
    ]  # fmt: skip
    for change in bad:
        claims = good | change
        for keys in ([*claims], [k for k in claims if k not in change]):
            token = {k: claims[k] for k in keys}
            if token != good and not ("candidate_id" in change and "candidate_id" not in token and len(change) == 1):
                refused(jwt.encode(token, SECRET, algorithm="HS256"))


def test_a_changed_payload_does_not_pass() -> None:
    head, body, signature = issued().split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    claims["role"] = "hr"
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    refused(f"{head}.{forged}.{signature}")
    refused(f"{head}.{body}.")


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda b: b.decode("latin-1")))
def test_any_text_is_refused_without_another_error(text: str) -> None:
    refused(text)


def test_very_long_texts_are_refused() -> None:
    refused("a" * 100_000)


def test_nothing_is_issued_that_would_not_be_read() -> None:
    with pytest.raises(KeyProblem, match="at least 32"):
        tokens.issue_token("short", "a1", "hr", login_id="l1", now=NOW, ttl_s=1)
    with pytest.raises(KeyProblem):
        tokens.read_token("short", "x", now=NOW)
    with pytest.raises(ValueError, match="no role"):
        issued(role="root")
    with pytest.raises(ValueError, match="belongs to a candidate"):
        issued(role="candidate")
    with pytest.raises(ValueError, match="belongs to a candidate"):
        issued(candidate_id="c1")
