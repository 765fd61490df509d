"""The browser of the page tests: what it makes of elements that a page draws anew."""

from __future__ import annotations

from typing import Any

import pytest
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException

from tests.live_gateway.web.test_browser import one

pytestmark = [pytest.mark.browser, pytest.mark.services]
PAGE = "data:text/html,<main></main>"


def draw(driver: Any, inside: str) -> None:
    driver.execute_script("document.querySelector('main').innerHTML = arguments[0]", inside)


def test_an_element_drawn_anew_is_read_clicked_and_passed_to_scripts(chromium: Any) -> None:
    chromium.get(PAGE)
    for count in ("1", "2", "3"):
        draw(chromium, f"<p>{count}</p><button onclick='this.textContent += 1'>b{count}</button><input>")
        if count == "1":
            text, button, field = one(chromium, "p"), one(chromium, "button"), one(chromium, "input")
        assert text.text == count
        assert text.is_displayed()
        button.click()
        assert chromium.execute_script("return arguments[0].textContent", button) == f"b{count}1"
        field.send_keys("written")
        assert chromium.execute_script("return [arguments[0].value]", field) == ["written"]


def test_what_is_no_longer_there_is_an_error(chromium: Any) -> None:
    chromium.get(PAGE)
    draw(chromium, "<p>1</p><i>1</i>")
    text, listed = one(chromium, "p"), chromium.find_elements("css selector", "i")
    draw(chromium, "<p>2</p><i>2</i>")
    assert text.text == "2"
    with pytest.raises(StaleElementReferenceException):
        _ = listed[0].text
    draw(chromium, "")
    with pytest.raises(NoSuchElementException):
        _ = text.text
