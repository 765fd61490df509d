"""Accounts in Chromium: a link sets the password, the password is changed, everywhere is logged out, accounts close."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.live_gateway.web.test_browser import CHECKER, one, press, visible, wait
from tests.support.web_site import PASSWORD, Person, Site, log_in, picture, size

pytestmark = [pytest.mark.browser, pytest.mark.services]
CHOSEN, CHANGED = "a password of their own", "another one of their own"


def looked_at(driver: Any, name: str) -> None:
    """The page can be read by everybody, at a desk and on a phone; its pictures are kept."""
    for width in (1280, 390):
        size(driver, width)
        assert driver.execute_script(CHECKER) == [], (name, width)
        picture(driver, f"{name}-{width}")
    size(driver, 1280)


def type_in(driver: Any, **fields: str) -> None:
    for name, value in fields.items():
        field = one(driver, f"[name={name}]")
        field.clear()
        field.send_keys(value)


def row(driver: Any, login: str) -> Any:
    rows = driver.find_elements("css selector", "tbody tr")
    return next((each for each in rows if each.find_element("css selector", "bdi").text == login), None)


def says(login: str, text: str) -> Callable[[Any], bool]:
    """Whether the account's row is there, which it is not while the page is loaded anew, and holds the text."""
    return lambda driver: (found := row(driver, login)) is not None and text in found.text


def act(driver: Any, login: str, name: str) -> None:
    """Press a button of the account's row, and go on where the page asks."""
    wait(driver, lambda d: row(d, login)).find_element("css selector", f"[data-act={name}]").click()
    wait(driver, visible("#act-dialog [value=yes]")).click()


def test_an_account_from_its_link_to_its_end(site: Site, chromium: Any) -> None:
    log_in(chromium, site, "hr", "ko")
    chromium.get(f"{site.url}/accounts")
    type_in(chromium, login="haneul.interviewer")
    one(chromium, "form[data-people] [type=submit]").click()
    wait(chromium, visible("#once"))
    link = one(chromium, "#once-link").get_attribute("value")
    assert link.startswith(f"{site.url}/activate#")
    looked_at(chromium, "accounts-link-ko")

    chromium.delete_cookie("triview_token")
    chromium.get(link)
    wait(chromium, lambda d: d.current_url == f"{site.url}/activate")  # the token is not left in the address
    looked_at(chromium, "activate-ko")
    type_in(chromium, new_password=CHOSEN, repeated=CHANGED)
    one(chromium, "#activate [type=submit]").click()
    assert "다릅니다" in wait(chromium, visible("#activate .message")).text
    type_in(chromium, repeated=CHOSEN)
    one(chromium, "#activate [type=submit]").click()
    wait(chromium, visible("#activated"))
    assert one(chromium, "#activated-login").text == "haneul.interviewer"
    looked_at(chromium, "activated-ko")
    chromium.get(f"{site.url}/activate")
    wait(chromium, visible("#no-link"))

    chromium.get(f"{site.url}/login")
    type_in(chromium, login="haneul.interviewer", password=CHOSEN)
    one(chromium, "#login [type=submit]").click()
    wait(chromium, visible("#log-out"))
    chromium.get(f"{site.url}/language/en?next=/account")
    looked_at(chromium, "account-en")
    type_in(chromium, old_password="not it at all", new_password=CHANGED, repeated=CHANGED)  # pragma: allowlist secret
    one(chromium, "#password [type=submit]").click()
    assert "not right" in wait(chromium, visible("#password .message")).text
    type_in(chromium, old_password=CHOSEN, new_password=CHANGED, repeated=CHANGED)
    one(chromium, "#password [type=submit]").click()
    wait(chromium, visible("#password-changed"))
    chromium.get(f"{site.url}/account")
    wait(chromium, visible("#everywhere"))  # whoever changed it is still there
    one(chromium, "#everywhere [type=submit]").click()
    wait(chromium, visible("#login"))
    chromium.get(f"{site.url}/account")
    wait(chromium, visible("#login"))
    assert site.world.stores.logins.open_of(site.world.stores.accounts.by_login("haneul.interviewer").id) == 0


def test_hr_closes_opens_and_confirms(site: Site, chromium: Any) -> None:
    stores = site.world.stores
    other = stores.accounts.create("other.hr", PASSWORD, "hr")
    asked = stores.acting_as(f"hr:{other.id}").accounts.create("the.auditor", None, "auditor")
    leaving = stores.accounts.create("leaving.person", PASSWORD, "interviewer")
    site.people["leaving"] = Person("leaving.person", leaving.id)
    token = site.token("leaving")
    log_in(chromium, site, "hr", "ko")
    chromium.get(f"{site.url}/accounts")
    looked_at(chromium, "accounts-ko")
    assert "두 번째 확인 대기" in row(chromium, "the.auditor").text
    act(chromium, "the.auditor", "confirm")
    wait(chromium, says("the.auditor", "활성화 전"))
    assert stores.accounts.get(asked.id).proposed_by == ()

    act(chromium, "leaving.person", "close")
    wait(chromium, says("leaving.person", "닫힘"))
    chromium.delete_all_cookies()
    chromium.add_cookie({"name": "triview_token", "value": token, "path": "/"})
    chromium.get(f"{site.url}/interviews")
    wait(chromium, visible("#login"))

    log_in(chromium, site, "hr", "en")
    chromium.get(f"{site.url}/accounts")
    act(chromium, "leaving.person", "open")
    wait(chromium, says("leaving.person", "Active"))
    act(chromium, "leaving.person", "activation")
    wait(chromium, visible("#once"))
    assert one(chromium, "#once-login").get_attribute("value") == "leaving.person"


def test_a_second_link_in_the_same_tab_is_taken(site: Site, chromium: Any) -> None:
    """Its address differs behind the # only, so the browser does not ask for the page again by itself."""
    stores = site.world.stores
    logins = ("first.link", "second.link")
    for login in logins:
        stores.accounts.create(login, None, "interviewer")
    log_in(chromium, site, "hr", "en")
    links = {}
    for login in logins:
        chromium.get(f"{site.url}/accounts")
        press(chromium, f'[data-act=activation][data-login="{login}"]')
        wait(chromium, lambda d, one_of=login: one(d, "#once-login").get_attribute("value") == one_of)
        links[login] = one(chromium, "#once-link").get_attribute("value")
    chromium.delete_cookie("triview_token")
    for login, link in links.items():
        chromium.get(link)
        wait(chromium, visible("#activate"))
        type_in(chromium, new_password=CHOSEN, repeated=CHOSEN)
        one(chromium, "#activate [type=submit]").click()
        wait(chromium, lambda d, one_of=login: one(d, "#activated-login").text == one_of)


def test_a_login_that_rested_is_renewed_and_goes_on(site: Site, chromium: Any) -> None:
    chromium.get(f"{site.url}/static/none/mark.svg")
    chromium.delete_all_cookies()
    chromium.get(f"{site.url}/login")
    type_in(chromium, login="hr", password=PASSWORD)
    one(chromium, "#login [type=submit]").click()
    wait(chromium, visible("#log-out"))
    chromium.delete_cookie("triview_token")  # as when it has run out
    chromium.get(f"{site.url}/openings")
    wait(chromium, lambda d: d.current_url == f"{site.url}/openings" and visible("#log-out")(d))
