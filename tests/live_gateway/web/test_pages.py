"""Every page × every role, as the table of include/security/access.py says; without a browser."""

from __future__ import annotations

import re

import httpx
import pytest

from include.interview.assessment.openings import general_opening
from tests.support.web_site import Site

pytestmark = pytest.mark.services

OPENING = general_opening().id
ALLOWED: dict[str, set[str]] = {
    "/home": {"hr", "interviewer", "operator"},
    "/interviews": {"hr", "interviewer", "operator"},
    "/audit": set(),
    "/openings": {"hr", "interviewer", "operator"},
    "/openings/new": {"hr"},
    f"/openings/{OPENING}": {"hr", "interviewer", "operator"},
    "/candidates": {"hr", "interviewer"},
    "/accounts": {"hr", "operator"},
    "/webhooks": {"hr"},
    "/account": {"hr", "interviewer", "operator", "candidate"},
    "/me": {"candidate"},
    "/sessions/{id}": {"interviewer"},
    "/join/{id}": {"candidate"},
    "/sessions/{id}/result": {"hr", "interviewer", "candidate"},
}


@pytest.fixture(scope="module")
def session_id(site: Site) -> str:
    return site.session()


@pytest.fixture(scope="module")
def tokens(site: Site) -> dict[str, str]:
    return {role: site.token(role) for role in site.people}


def get(site: Site, path: str, token: str | None = None, **headers: str) -> httpx.Response:
    cookies = {} if token is None else {"triview_token": token}
    return httpx.get(site.url + path, cookies=cookies, headers=headers, trust_env=False, timeout=30.0)


@pytest.mark.parametrize("path", sorted(ALLOWED))
@pytest.mark.parametrize("role", ["hr", "interviewer", "operator", "candidate"])
def test_a_page_opens_for_whom_the_table_names(
    site: Site, session_id: str, tokens: dict[str, str], path: str, role: str
) -> None:
    answer = get(site, path.replace("{id}", session_id), tokens[role])
    if role in ALLOWED[path]:
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        assert "'unsafe-inline'" not in answer.headers["content-security-policy"]
        assert "set-cookie" not in answer.headers, "no page renews a login"
    elif role == "candidate" and path == "/sessions/{id}":
        assert answer.headers["location"] == f"/join/{session_id}"
    else:
        assert answer.status_code in (403, 404)
        assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", sorted(ALLOWED))
def test_nobody_is_asked_to_log_in_and_led_back(site: Site, session_id: str, path: str) -> None:
    path = path.replace("{id}", session_id)
    answer = get(site, path)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/login?next={path}"


def test_the_candidate_sees_neither_suggestions_nor_notes_nor_scores(
    site: Site, session_id: str, tokens: dict[str, str]
) -> None:
    page = get(site, f"/join/{session_id}", tokens["candidate"]).text
    setup = re.search(r'id="setup">(.*?)</script>', page, re.DOTALL)
    assert setup is not None
    for hidden in ("questions", "criteria", "keywords"):
        assert f'"{hidden}"' not in setup.group(1)
    for part in ('id="suggestions"', 'id="notes"', 'id="gauges"'):
        assert part not in page
    notice = get(site, f"/sessions/{session_id}/result", tokens["candidate"]).text
    assert 'id="result"' not in notice


def test_a_stranger_has_no_session(site: Site, session_id: str) -> None:
    other = site.world.stores.accounts.create("stranger", "a long enough password", "interviewer")
    site.people["stranger"] = type(site.people["hr"])("stranger", other.id)
    token = site.token("stranger")
    for path in (f"/sessions/{session_id}", f"/sessions/{session_id}/result", f"/join/{session_id}"):
        assert get(site, path, token).status_code in (403, 404)
    assert session_id not in get(site, "/interviews", token).text


def test_the_language_follows_the_choice(site: Site, tokens: dict[str, str]) -> None:
    chosen = get(site, "/language/en?next=/openings")
    assert chosen.headers["location"] == "/openings"
    assert "triview_language=en" in chosen.headers["set-cookie"]
    page = get(site, "/openings", tokens["hr"], **{"Accept-Language": "en-US"})
    assert '<html lang="en">' in page.text
    assert '<html lang="ko">' in get(site, "/login").text


def test_an_error_is_a_page_in_the_readers_language(site: Site, tokens: dict[str, str]) -> None:
    answer = get(site, "/openings/no-such-opening", tokens["hr"], **{"Accept-Language": "ko"})
    assert answer.status_code == 404
    assert '<html lang="ko">' in answer.text
    assert 'href="/"' in answer.text


def test_static_files_are_kept_forever_under_their_version_only(site: Site) -> None:
    page = get(site, "/login").text
    address = re.search(r'href="(/static/\w+/pages.css)"', page)
    assert address is not None
    assert "immutable" in get(site, address.group(1)).headers["cache-control"]
    assert get(site, "/static/old/pages.css").headers["cache-control"] == "no-cache"
    assert get(site, "/static/old/strings.yaml").status_code == 404
    assert get(site, "/static/old/..%2Ftexts.py").status_code == 404


def test_a_closed_account_is_logged_out_at_once(site: Site) -> None:
    stores = site.world.stores
    account = stores.accounts.create("leaving", "a long enough password", "interviewer")
    site.people["leaving"] = type(site.people["hr"])("leaving", account.id)
    token = site.token("leaving")
    assert get(site, "/interviews", token).status_code == 200
    stores.accounts.close(account.id)
    assert get(site, "/interviews", token).headers["location"] == "/login?next=/interviews"
