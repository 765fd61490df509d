"""One site and one browser for the tests of a file: what a page test leaves in them is no concern of another file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import web_site as web
from tests.support.services.memory import passing_folder
from tests.support.web_site import Site, site_in


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A gateway that recognises nothing, so it is there at once."""
    with passing_folder("tvweb-") as home, site_in(home) as running:
        yield running


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A browser whose microphone gives the test tone of the fake device."""
    if web.CHROMIUM is None or web.DRIVER is None:
        pytest.skip("Chromium and its driver are not installed.")
    with web.browser(tmp_path_factory.mktemp("profile")) as driver:
        yield driver
