"""A Chromium for tests of pages that draw themselves anew: an element is what its selector shows now."""

from __future__ import annotations

from typing import Any

from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.webelement import WebElement

GONE = ("does not belong to the document", "No node with given id found")
"""What Chromium's inspector says, as an error of no kind, of an element that goes while it is being asked about."""
TRIES = 20
"""How often one command finds its elements anew: a page that draws itself more often than this has a fault."""
PLACES = ("id", "element-6066-11e4-a52e-4f735466cecf")
"""Where a command names an element, or an argument of a script does."""


class SteadyChromium(WebDriver):
    """Selenium's Chromium; a person who reads or clicks what was drawn anew meanwhile does not notice, nor does a test.

    An element found by `find_element` is found again by its own selector when it has left the document, and the command
    is said again: none that met a lost element has done anything. Elements of `find_elements` stay what they were.

    Raises (every command):
        StaleElementReferenceException: an element of `find_elements` is gone, or the page never rests.
        NoSuchElementException: nothing shows what the selector says any more.
    """

    def __init__(self, *args: Any, **more: Any) -> None:
        self._found: dict[str, tuple[str, str]] = {}
        self._now: dict[str, str] = {}
        super().__init__(*args, **more)

    def execute(  # type: ignore[override]  # selenium types an answer it gives to nobody
        self, driver_command: str, params: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Selenium's own door for every command: `params` as the wire protocol has them; its answer."""
        for _ in range(TRIES):
            try:
                answer: dict[str, Any] = super().execute(driver_command, self._renewed(params))
            except StaleElementReferenceException:
                if not self._find_anew(params):
                    raise
                continue
            except WebDriverException as fault:
                if not any(said in (fault.msg or "") for said in GONE):
                    raise
                if not self._find_anew(params):
                    raise StaleElementReferenceException(fault.msg) from fault
                continue
            if driver_command == Command.FIND_ELEMENT and params is not None:
                self._found.setdefault(answer["value"].id, (params["using"], params["value"]))
            return answer
        raise StaleElementReferenceException(f"What {driver_command} means was drawn anew {TRIES} times.")

    def _renewed(self, value: Any) -> Any:
        """`value` with every element in it as it was last found."""
        if isinstance(value, WebElement):
            return self.create_web_element(self._now.get(value.id, value.id))
        if isinstance(value, dict):
            return {
                key: self._now.get(one, one) if key in PLACES and isinstance(one, str) else self._renewed(one)
                for key, one in value.items()
            }
        return [self._renewed(one) for one in value] if isinstance(value, list | tuple) else value

    def _find_anew(self, value: Any) -> bool:
        """Find what `value` names and `find_element` found; False when there is nothing to find."""
        named = [one for one in _elements(value) if one in self._found]
        for one in named:
            using, selector = self._found[one]
            found = super().execute(Command.FIND_ELEMENT, {"using": using, "value": selector})["value"]
            self._now[one] = found.id
        return bool(named)


def _elements(value: Any) -> list[str]:
    """The ids of the elements that the parameters of a command name."""
    if isinstance(value, WebElement):
        return [value.id]
    if isinstance(value, dict):
        own = [one for key, one in value.items() if key in PLACES and isinstance(one, str)]
        return own + [found for one in value.values() for found in _elements(one)]
    return [found for one in value for found in _elements(one)] if isinstance(value, list | tuple) else []
