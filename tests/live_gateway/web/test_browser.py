"""The pages in Chromium: readable by everybody, forms that work, and consent."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from include.interview.assessment.openings import general_opening
from tests.support.patience import PATIENCE_S
from tests.support.web_site import PASSWORD, Site, log_in, picture, size

pytestmark = [pytest.mark.browser, pytest.mark.services]

CHECKER = Path(__file__).with_name("accessible.js").read_text(encoding="utf-8")
OPENING = f"/openings/{general_opening().id}"
PAGES = {
    "nobody": ["/login", "/activate"],
    "hr": [
        "/home",
        "/interviews",
        "/openings",
        "/openings/new",
        OPENING,
        "/candidates",
        "/accounts",
        "/openings/no-such",
    ],
    "interviewer": ["/account", "/interviews", OPENING, "/sessions/{id}", "/sessions/{id}/result"],
    "operator": ["/home", "/interviews"],
    "candidate": ["/me", "/join/{id}", "/sessions/{id}/result"],
}


def wait(driver: Any, condition: Callable[[Any], Any], seconds: float = PATIENCE_S) -> Any:
    """What `condition` answers, once there is something; what the page draws anew meanwhile is looked for again.

    A page that was waited for in vain is kept as the picture `timed-out`.
    """
    from selenium.common.exceptions import StaleElementReferenceException, TimeoutException
    from selenium.webdriver.support.ui import WebDriverWait

    ignored = (StaleElementReferenceException,)
    try:
        return WebDriverWait(driver, seconds, 0.1, ignored_exceptions=ignored).until(condition)
    except TimeoutException:
        picture(driver, "timed-out")
        raise


def one(driver: Any, selector: str) -> Any:
    return driver.find_element("css selector", selector)


def visible(selector: str) -> Callable[[Any], Any]:
    return lambda driver: next((e for e in driver.find_elements("css selector", selector) if e.is_displayed()), None)


def press(driver: Any, selector: str, *keys: str) -> None:
    """Click what `selector` shows, or send it `keys`, as one of the page's moments: it may be drawn anew in between."""

    def pressed(driver: Any) -> bool:
        element = visible(selector)(driver)
        if element is None:
            return False
        element.send_keys(*keys) if keys else element.click()
        return True

    wait(driver, pressed, 20)


@pytest.fixture(scope="module")
def session_id(site: Site) -> str:
    return site.session()


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("role", sorted(PAGES))
def test_everybody_can_read_every_page(site: Site, chromium: Any, session_id: str, role: str, language: str) -> None:
    if role == "nobody":
        chromium.get(f"{site.url}/language/{language}?next=/static/none/mark.svg")
        chromium.delete_cookie("triview_token")
    else:
        log_in(chromium, site, role, language)
    for path in PAGES[role]:
        chromium.get(site.url + path.replace("{id}", session_id))
        name = f"{role}{path.replace('/{id}', '').replace('/', '-')}-{language}"
        for width, scheme in ((1280, "light"), (390, "dark"), (320, "light")):
            size(chromium, width)
            chromium.execute_cdp_cmd(
                "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
            )
            assert chromium.execute_script(CHECKER) == [], (path, width, scheme)
            if width > 320:
                picture(chromium, f"{name}-{width}")
    size(chromium, 1280)
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_logging_in_by_keyboard_leads_to_where_one_wanted(site: Site, chromium: Any) -> None:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    chromium.get(f"{site.url}/static/none/mark.svg")
    chromium.delete_all_cookies()
    chromium.get(f"{site.url}/openings")
    wait(chromium, visible("#login"))
    fields = wait(
        chromium, lambda d: d.switch_to.active_element if d.switch_to.active_element.tag_name == "input" else 0
    )
    fields.send_keys("hr", Keys.TAB)
    chromium.switch_to.active_element.send_keys("wrong password", Keys.ENTER)
    wait(chromium, visible("[role=alert]"))
    password = one(chromium, "#password")
    password.clear()
    password.send_keys(PASSWORD, Keys.ENTER)
    wait(chromium, lambda d: d.current_url == f"{site.url}/openings" and visible("#log-out")(d))
    for _ in range(3):
        ActionChains(chromium).send_keys(Keys.TAB).perform()
        focused = "return [document.activeElement.tagName, getComputedStyle(document.activeElement).outlineStyle]"
        assert chromium.execute_script(focused) == ["A", "solid"]
    one(chromium, "#log-out").click()
    wait(chromium, lambda d: d.current_url.endswith("/login"))


def test_hr_makes_an_opening_a_candidate_and_an_interview(site: Site, chromium: Any) -> None:
    log_in(chromium, site, "hr", "en")
    chromium.get(f"{site.url}/openings/new")
    one(chromium, "#title-ko").send_keys("자료 기술자")
    one(chromium, "#title-en").send_keys("Data engineer")
    one(chromium, "#description-ko").send_keys("자료를 모으고 잇습니다.")
    one(chromium, "[data-add=keywords]").click()
    row = one(chromium, "#keywords .entry")
    row.find_element("css selector", "[data-f=term]").send_keys("파이프라인")
    row.find_element("css selector", "[data-f=synonyms]").send_keys("pipeline, ETL")
    one(chromium, "[data-add=questions]").click()
    one(chromium, "#questions [data-f=ko]").send_keys("최근에 만든 것을 말씀해 주세요.")
    one(chromium, "[data-add=values]").click()
    one(chromium, "#values [data-f=ko]").send_keys("Candour")
    assert one(chromium, "#opening-places").get_attribute("value") == "3"
    one(chromium, "#opening-places").clear()
    one(chromium, "#opening-places").send_keys("2")
    one(chromium, "form [type=submit]").click()
    wait(chromium, lambda d: d.current_url.endswith("/openings"))
    wait(chromium, lambda d: "Data engineer" in one(d, "main").text)
    made = next(o for o in site.world.stores.openings.list() if o.title.en == "Data engineer")
    assert made.keywords[0].synonyms == ("pipeline", "ETL")
    assert made.questions[0].text.ko == "최근에 만든 것을 말씀해 주세요."

    chromium.get(f"{site.url}/openings/{made.id}")
    one(chromium, "[data-add=questions]").click()
    chromium.find_elements("css selector", "#questions [data-f=ko]")[1].send_keys("왜 그렇게 했습니까?")
    one(chromium, "form [type=submit]").click()
    wait(chromium, lambda d: d.current_url.endswith("/openings"))
    changed = site.world.stores.openings.get(made.id)
    assert changed.questions[0] == made.questions[0]
    assert (made.places, changed.places) == (2, 2)
    assert [value.en for value in changed.values] == ["Candour"]
    assert len(changed.questions) == 2

    chromium.get(f"{site.url}/candidates")
    one(chromium, "#name").send_keys("박바다")
    one(chromium, "#login").send_keys("bada")
    one(chromium, "form [type=submit]").click()
    wait(chromium, visible("#once"))
    assert one(chromium, "#once-login").get_attribute("value") == "bada"
    assert one(chromium, "#once-link").get_attribute("value").startswith(f"{site.url}/activate#")
    picture(chromium, "candidate-once-en-1280")

    chromium.get(f"{site.url}/interviews")
    one(chromium, "form [type=submit]").click()
    wait(chromium, visible("#created"))
    link = one(chromium, "#join-link").get_attribute("value")
    assert link.startswith(f"{site.url}/join/")
    assert one(chromium, "#enter").get_attribute("href").endswith(link.rsplit("/", 1)[1])


def test_a_candidate_reads_consents_and_enters(site: Site, chromium: Any) -> None:
    session = site.session()
    candidate_id = site.people["candidate"].candidate_id
    assert candidate_id is not None
    for old in site.world.stores.consents.list(candidate_id):
        site.world.stores.consents.withdraw(old.id)
    log_in(chromium, site, "candidate")
    chromium.get(f"{site.url}/join/{session}")
    submit = one(chromium, "#consent [type=submit]")
    submit.click()
    wait(chromium, visible("#consent .message"))
    assert all(consent.withdrawn_at is not None for consent in site.world.stores.consents.list(candidate_id))
    for box in chromium.find_elements("css selector", "#consent [name=purposes]"):
        box.click()
    submit.click()
    wait(chromium, visible("#check"))
    given = site.world.stores.consents.list(candidate_id)[-1]
    assert given.interview_id == session
    assert given.withdrawn_at is None
    one(chromium, "#check-device").click()
    wait(chromium, lambda d: one(d, "#start").is_enabled())
    one(chromium, "#start").click()
    wait(chromium, lambda d: one(d, "#connection").get_attribute("data-state") == "open")
    wait(chromium, lambda d: one(d, "#heard").get_attribute("data-state") == "ok")
    for width in (1280, 390):
        size(chromium, width)
        assert chromium.execute_script(CHECKER) == []
        picture(chromium, f"candidate-in-the-room-ko-{width}")
    size(chromium, 1280)
    chromium.execute_script("window.onbeforeunload = null")


def recording(folder: Path) -> Path:
    """Something that looks like a recording and is larger than one chunk."""
    file = folder / "recording.wav"
    sound = os.urandom(9 * 1024 * 1024)
    head = b"RIFF" + (len(sound) + 36).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    head += b"\x01\x00\x01\x00\x80\x3e\x00\x00\x00\x7d\x00\x00\x02\x00\x10\x00data" + len(sound).to_bytes(4, "little")
    file.write_bytes(head + sound)
    return file


def test_a_consent_is_withdrawn(site: Site, chromium: Any) -> None:
    site.consent()
    log_in(chromium, site, "candidate")
    chromium.get(f"{site.url}/me")
    buttons = chromium.find_elements("css selector", "[data-withdraw]")
    chosen = buttons[-1].get_attribute("data-withdraw")
    chromium.execute_script("arguments[0].click()", buttons[-1])
    wait(chromium, visible("#withdraw-dialog [value=yes]")).click()
    wait(chromium, lambda d: not d.find_elements("css selector", f'[data-withdraw="{chosen}"]'))
    assert site.world.stores.consents.get(chosen).withdrawn_at is not None


PANEL = """
const [done] = [...arguments].slice(-1);
const script = [...document.scripts].find((s) => s.src.includes("/session.js"));
import(script.src.replace("session.js", "page.js")).then(({ bringInto, make }) => {
  const place = document.body.appendChild(make("ul"));
  const item = (key, label) => make("li", { data: { key } }, make("button", { type: "button" }, label));
  const focused = () => document.activeElement.textContent;
  bringInto(place, [item("a", "A"), item("b", "B"), item("c", "C")]);
  const [a, , c] = place.children;
  const found = {};
  a.firstChild.focus();
  bringInto(place, [item("a", "A"), item("b", "B 2"), item("c", "C")]);
  found.same = place.children[0] === a && place.children[2] === c && place.children[1].textContent === "B 2";
  found.keptFocus = focused();
  bringInto(place, [item("a", "A 2"), item("c", "C")]);
  found.changedFocus = focused();
  found.left = place.textContent;
  c.firstChild.focus();
  bringInto(place, [item("c", "C"), item("a", "A 2")]);
  found.moved = [place.textContent, focused(), place.children[0] === c];
  bringInto(place, []);
  found.emptied = place.childElementCount;
  place.remove();
  done(found);
}, (error) => done(String(error)));
"""


def test_what_a_person_is_about_to_press_stays_while_a_panel_changes(
    site: Site, chromium: Any, session_id: str
) -> None:
    log_in(chromium, site, "interviewer")
    chromium.get(f"{site.url}/sessions/{session_id}")
    assert chromium.execute_async_script(PANEL) == {
        "same": True,
        "keptFocus": "A",
        "changedFocus": "A 2",
        "left": "A 2C",
        "moved": ["CA 2", "C", True],
        "emptied": 0,
    }
