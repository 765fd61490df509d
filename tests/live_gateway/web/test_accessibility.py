"""Every page for everybody who sees it, in both languages: axe-core, the keyboard alone, 200 % zoom, phones, motion."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from tests.live_gateway.web.test_browser import CHECKER
from tests.live_gateway.web.test_held_pages import recorded
from tests.live_gateway.web.test_invited_page import arrive, invite
from tests.support.every_page import NOBODY, READERS, Visit, addresses, page_routes, visits
from tests.support.ranked_openings import OPENING
from tests.support.web_site import Site, picture, size

pytestmark = [pytest.mark.browser, pytest.mark.services, pytest.mark.slow]
AXE = (files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
RUN_AXE = f"""const [revealed, done] = arguments;
const told = (one, node) => `${{one.id}}: ${{one.help}}: ${{node.html.slice(0, 200)}}: ${{node.failureSummary}}`;
// A heading of a part that is not shown yet gets its words when it is.
axe.run(document, {{runOnly: {TAGS}, rules: {{"empty-heading": {{enabled: !revealed}}}}, resultTypes: ["violations"]}})
  .then(({{violations}}) => done(violations.flatMap((one) => one.nodes.map((node) => told(one, node)))));"""
KEYBOARD, MOVING = (Path(__file__).with_name(name).read_text("utf-8") for name in ("keyboard.js", "moving.js"))
OPEN = "for (const one of document.querySelectorAll('details')) one.open = true;"
REVEAL = """for (const one of document.querySelectorAll("main [hidden]:not(option,input)")) one.hidden = false;
for (const one of document.querySelectorAll("dialog")) { one.open = true; one.style.position = "static"; }"""
SHORTEN = """if (location.pathname === "/api-reference") {
  const alike = "main > section:nth-of-type(n+3):not(:last-of-type), main > section:last-of-type > :nth-child(n+30)";
  for (const one of document.querySelectorAll(alike)) one.hidden = true;
}"""
"""The reference of the interface has hundreds of sections that are alike: two, and some records, are gone over."""
WIDER = """const page = document.documentElement, room = page.clientWidth;
const wide = (e) => e.getBoundingClientRect().right > room + 1
  || (e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1 && getComputedStyle(e).overflowX === "visible");
const begin = (e) => e.outerHTML.slice(0, 120);
const told = () => [...document.querySelectorAll("body *")].filter(wide).slice(-5).map(begin);
const more = page.scrollWidth - room;
return more <= 0 ? [] : [`${more} wider than ${room}: ${told().join(" | ")}`];"""
"""Nothing of the page is wider than its window: nobody has to scroll in two directions."""
DESK, TABLET, ZOOMED, PHONE, NARROW = 1280, 820, 640, 390, 320
"""Widths in CSS pixels; `ZOOMED` is a desk's window at 200 %, `NARROW` one at 400 %; at `TABLET` tables are tightest
before they stack."""
LOOKS = {"ko": (DESK, "light", False), "en": (PHONE, "dark", True)}
"""Language -> width, colours, and whether all parts are shown that scripts show later: each page is met in both."""
MISSING = "return accessible_by_key.missing()"
SPARE_TABS = 8
"""A field for a date has a stop for each of its parts, and a recording's player one for each of its buttons."""
WRONG = """document.getElementById("main").insertAdjacentHTML("beforeend", `<img src="/static/none/mark.svg">
  <p id="pale">pale</p><input><div id="wide">wide</div><button id="no-stop" tabindex="-1">a</button>
  <button id="no-mark">b</button>`);
const look = (id, styles) => Object.assign(document.getElementById(id).style, styles);
look("pale", {color: "#bbb", background: "#fff"});
look("wide", {width: "600px"});
look("no-mark", {outline: "none", transition: "color 1s"});"""


@pytest.fixture(scope="module")
def tokens(site: Site) -> dict[str, str]:
    """Reader -> the login of who has one; filled when the people are there."""
    return {}


@pytest.fixture(scope="module")
def seen(site: Site, tokens: dict[str, str]) -> list[Visit]:
    found = addresses(site, recorded(site, "ko"))
    tokens |= {reader: site.token(reader) for reader in READERS if reader != NOBODY}
    return visits(site, found, tokens)


def colour(driver: Any, scheme: str) -> None:
    features = [("prefers-color-scheme", scheme), ("prefers-reduced-motion", "reduce")]
    told = [{"name": name, "value": value} for name, value in features]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": told})


def walk(driver: Any) -> list[str]:
    """Press Tab until nothing new is met; what was not met, and where the focus was not to be seen."""
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    driver.execute_script(KEYBOARD)
    met, before = 0, -1
    missing: list[str] = driver.execute_script(MISSING)
    while missing and met != before:
        ActionChains(driver, duration=0).send_keys(Keys.TAB * (len(missing) + SPARE_TABS)).perform()
        missing = driver.execute_script(MISSING)
        before, met = met, driver.execute_script("return accessible_by_key.count()")
    unseen: list[str] = driver.execute_script("return accessible_by_key.unseen()")
    return missing + unseen


def faults(driver: Any, language: str, *, by_key: bool = True) -> list[str]:
    """What is wrong with the page that is open."""
    width, scheme, revealed = LOOKS[language]
    driver.execute_script(OPEN + REVEAL if revealed else OPEN)
    found: list[str] = []
    for one in (TABLET, ZOOMED, PHONE, NARROW):
        size(driver, one)
        found += driver.execute_script(WIDER)
    driver.execute_script(SHORTEN)
    size(driver, width)
    colour(driver, scheme)
    driver.execute_script(AXE)
    found += driver.execute_async_script(RUN_AXE, revealed)
    found += driver.execute_script(CHECKER) if not revealed else []
    found += driver.execute_script(MOVING)
    return found + walk(driver) if by_key else found


def enter(driver: Any, site: Site, token: str | None, language: str) -> None:
    """As who has `token`; None: as somebody without a login."""
    driver.get(f"{site.url}/static/none/mark.svg")
    driver.delete_all_cookies()
    driver.add_cookie({"name": "triview_language", "value": language, "path": "/"})
    if token is not None:
        driver.add_cookie({"name": "triview_token", "value": token, "path": "/"})


def picture_name(reader: str, path: str, language: str) -> str:
    """Without the ids of records, which are others in every run."""
    plain = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", path)
    return f"every-{reader}-{re.sub(r'[^a-z0-9]+', '-', plain).strip('-')}-{language}"


def test_no_page_is_left_out(seen: list[Visit]) -> None:
    assert {one.route for one in seen} == page_routes(), "a page needs an address in tests/support/every_page.py"


@pytest.mark.parametrize("language", sorted(LOOKS))
@pytest.mark.parametrize("reader", READERS)
def test_a_page_can_be_used_by_everybody(
    site: Site, chromium: Any, seen: list[Visit], tokens: dict[str, str], reader: str, language: str
) -> None:
    enter(chromium, site, tokens.get(reader), language)
    found: dict[str, list[str]] = {}
    for number, one in enumerate(visit for visit in seen if visit.reader == reader):
        if one.again and number % 2 != sorted(LOOKS).index(language):
            continue
        chromium.get(site.url + one.path)
        found[one.path] = faults(chromium, language, by_key=not one.again)
        if not one.again:
            picture(chromium, picture_name(reader, one.path, language))
    assert found
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("language", sorted(LOOKS))
def test_whoever_came_by_a_link_can_use_their_page(site: Site, chromium: Any, seen: list[Visit], language: str) -> None:
    link, _ = invite(site, f"초대 {language}", opening_id=OPENING.id)
    arrive(chromium, site, link, language)
    assert faults(chromium, language) == []
    picture(chromium, picture_name("invited", "/invitation", language))


def test_what_is_wrong_is_found(site: Site, chromium: Any) -> None:
    enter(chromium, site, None, "ko")
    chromium.get(f"{site.url}/login")
    chromium.execute_script(WRONG)
    found = " ".join(faults(chromium, "ko"))
    for told in (
        "image-alt",
        "color-contrast",
        "label:",
        " wider than 390",
        "Tab does not reach button#no-stop",
        "focus is not to be seen on button#no-mark",
        "a transition of 1s on button#no-mark",
    ):
        assert told in found, told
