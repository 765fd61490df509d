"""HR's forms in Chromium: people from a file, a search by name, a webhook, a settled divergence; both languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from include.interview.assessment.rubric import load_rubric
from include.interview.scoring.ratings import Rating
from live_gateway.web.texts import Texts
from tests.live_gateway.web.test_browser import CHECKER, one, press, wait
from tests.support.ranked_openings import OPENING, Ranked, ranked_opening
from tests.support.web_site import Site, log_in, picture, size

pytestmark = [pytest.mark.services, pytest.mark.browser]
LANGUAGES = pytest.mark.parametrize("language", ["ko", "en"])


@pytest.fixture(scope="module")
def people(site: Site) -> list[Ranked]:
    return ranked_opening(site.world.stores)


def kept(driver: Any, name: str) -> None:
    """At both widths: no fault by the checker, a picture kept."""
    for width in (390, 1280):
        size(driver, width)
        assert driver.execute_script(CHECKER) == [], (name, width)
        picture(driver, f"{name}-{width}")


@LANGUAGES
def test_people_of_a_file_are_previewed_mended_and_added(
    site: Site, chromium: Any, tmp_path: Path, language: str
) -> None:
    t = Texts(language)  # type: ignore[arg-type]
    log_in(chromium, site, "hr", language)
    size(chromium, 1280)
    chromium.get(f"{site.url}/candidates")
    file = tmp_path / "people.csv"
    file.write_text(f"name,contact\nFirst {language},1@example.org\n,2@example.org\n", encoding="utf-8")
    one(chromium, "#import-file").send_keys(str(file))
    press(chromium, "#import [type=submit]")
    wait(chromium, lambda d: one(d, "#import-faults").is_displayed())
    assert [cell.text for cell in chromium.find_elements("css selector", "#import-faults tbody th")] == ["3"]
    assert not one(chromium, "#import-confirm").is_displayed()
    kept(chromium, f"import-faults-{language}")
    file.write_text(f"name,contact\nFirst {language},1@example.org\nSecond {language},\n", encoding="utf-8")
    one(chromium, "#import-file").send_keys(str(file))
    press(chromium, "#import [type=submit]")
    wait(chromium, lambda d: one(d, "#import-confirm").is_displayed())
    press(chromium, "#import-confirm")
    wait(chromium, lambda d: one(d, "#import-count").text == t.for_scripts()["import_done"].replace("{n}", "2"))
    wait(chromium, lambda d: f"Second {language}" in one(d, "#found").text)  # the list is fetched after the word of it
    kept(chromium, f"import-done-{language}")


@LANGUAGES
def test_a_name_is_searched_without_standing_in_the_address(
    site: Site, chromium: Any, people: list[Ranked], language: str
) -> None:
    log_in(chromium, site, "hr", language)
    size(chromium, 1280)
    for path in (f"/openings/{OPENING.id}/ranking", "/candidates"):
        chromium.get(site.url + path)
        one(chromium, "#search [name=q]").send_keys(people[2].name)
        press(chromium, "#search [type=submit]")
        wait(chromium, lambda d: people[0].name not in one(d, "#found").text)
        assert people[2].name in one(chromium, "#found").text
        assert chromium.current_url == site.url + path
        kept(chromium, f"searched-{path.rsplit('/', 1)[1]}-{language}")
    chromium.get(f"{site.url}/openings/{OPENING.id}/ranking")
    one(chromium, "#search [name=possible]").click()
    press(chromium, "#search [type=submit]")
    wait(chromium, lambda d: "possible=1" in d.current_url)


@LANGUAGES
def test_a_webhook_is_added_with_its_secret_and_removed(site: Site, chromium: Any, language: str) -> None:
    log_in(chromium, site, "hr", language)
    size(chromium, 1280)
    chromium.get(f"{site.url}/webhooks")
    one(chromium, "#url").send_keys("https://10.0.0.1/hook")
    press(chromium, "#new-webhook [type=submit]")
    wait(chromium, lambda d: one(d, "#new-webhook .message").is_displayed())
    one(chromium, "#url").clear()
    one(chromium, "#url").send_keys(f"https://hooks-{language}.example.invalid/triview")
    press(chromium, "#new-webhook [type=submit]")
    wait(chromium, lambda d: one(d, "#secret").is_displayed())
    assert len(one(chromium, "#secret").get_attribute("value")) == 64
    press(chromium, "[data-test]")
    wait(chromium, lambda d: d.find_elements("css selector", "#webhooks tbody tr"))
    kept(chromium, f"webhooks-{language}")
    press(chromium, "[data-remove]")
    wait(chromium, lambda d: not d.find_elements("css selector", "[data-remove]"))


@LANGUAGES
def test_a_divergence_is_settled_with_a_reason(site: Site, chromium: Any, people: list[Ranked], language: str) -> None:
    stores, person = site.world.stores, people[5 if language == "ko" else 6]
    for role, level in (("interviewer", 1), ("hr", 5)):
        sheet = [Rating(c.id, level, "근거") for c in load_rubric("executive", "1").criteria]
        stores.ratings.submit(person.interviews["executive"], site.people[role].account_id, sheet)
    log_in(chromium, site, "reviewer", language)
    size(chromium, 1280)
    chromium.get(f"{site.url}/home")
    press(chromium, "[data-work=settle] a")
    wait(chromium, lambda d: d.find_elements("css selector", "[data-settle]"))
    before = len(chromium.find_elements("css selector", "[data-settle]"))
    chromium.execute_script("document.querySelector('[data-settle]').closest('details').open = true")
    one(chromium, "[data-settle] textarea").send_keys("Heard again: level 4 fits.")
    kept(chromium, f"settle-{language}")
    size(chromium, 1280)
    press(chromium, "[data-settle] [type=submit]")
    wait(chromium, lambda d: len(d.find_elements("css selector", "[data-settle]")) == before - 1)
    assert chromium.find_elements("css selector", "#settled")
