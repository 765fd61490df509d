"""The page of docs/examples in Chromium, served by somebody else's server: it talks, survives a break, and ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from include.settings import PROJECT_ROOT
from tasks.live.record import live_record_of
from tests.live_gateway.web.test_browser import one, press, wait
from tests.support.browser_frames import check_frames
from tests.support.services.memory import passing_folder
from tests.support.web_site import Site, site_in

pytestmark = [pytest.mark.browser, pytest.mark.services]
PAGE = (PROJECT_ROOT / "docs" / "examples" / "live_page.html").read_bytes()
ENOUGH_S = 0.5
"""Seconds of sound after which the test goes on."""


class OwnServer(ThreadingHTTPServer):
    """Serves the page and asks the gateway for tickets, as an integrator's server does."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.tickets = ""
        self.token = ""

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: OwnServer

    def do_GET(self) -> None:
        self._answer(200, "text/html; charset=utf-8", PAGE if self.path == "/" else b"")

    def do_POST(self) -> None:
        try:
            headers = {"Authorization": f"Bearer {self.server.token}"}
            answer = httpx.post(self.server.tickets, headers=headers, trust_env=False)
        except httpx.HTTPError:
            self._answer(502, "text/plain", b"")
            return
        self._answer(answer.status_code, "application/json", answer.content)

    def _answer(self, status: int, kind: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def own_server() -> Iterator[OwnServer]:
    server = OwnServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[OwnServer]:
    with own_server() as server:
        yield server


@pytest.fixture(scope="module")
def site(elsewhere: OwnServer) -> Iterator[Site]:
    """A gateway that lets pages of the other server open sockets."""
    with passing_folder("tvweb-") as home, site_in(home, TRIVIEW_GATEWAY_ORIGINS=elsewhere.origin) as running:
        yield running


def kept(driver: Any) -> float:
    """Seconds of sound that the gateway has acknowledged."""
    return float(one(driver, "#kept").text)


def test_the_page_holds_an_interview_over_a_break(site: Site, chromium: Any, elsewhere: OwnServer) -> None:
    site.consent()
    session_id = site.session()
    elsewhere.tickets, elsewhere.token = f"{site.url}/api/v1/sessions/{session_id}/tickets", site.token("interviewer")
    chromium.get(elsewhere.origin)
    press(chromium, "#start")
    wait(chromium, lambda d: kept(d) >= ENOUGH_S)
    site.line.cut()
    wait(chromium, lambda d: one(d, "#state").text.startswith("Closed"))
    before = kept(chromium)
    site.line.mend()
    wait(chromium, lambda d: kept(d) >= before + ENOUGH_S)
    press(chromium, "#end")
    wait(chromium, lambda d: one(d, "#state").text == "The interview has ended")
    stores = site.world.stores
    record = wait(chromium, lambda _: live_record_of(stores, session_id))
    assert record.gaps == ()
    (recording,) = record.recordings
    assert recording.duration_s == pytest.approx(kept(chromium), abs=0.06)
    assert {"hello", "ready", "audio.ack", "end", "session.ended"} <= set(check_frames(chromium))
