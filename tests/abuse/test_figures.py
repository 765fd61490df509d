"""Figures that nobody without a login reads, and that no client makes grow."""

from __future__ import annotations

import socket

import msgspec
import pytest

from include.settings import SettingsError
from live_gateway.settings import load_gateway_settings
from tests.live_gateway.http.conftest import Cast
from tests.support.gateway_thread import Gateway

TOKEN = "figures-" + "x" * 32


def _asked(gateway: Gateway, method: str) -> bytes:
    with socket.create_connection(("127.0.0.1", gateway.settings.port), timeout=20) as line:
        line.sendall(f"{method} /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        return line.recv(65536)


@pytest.mark.services
def test_figures_ask_for_a_login_or_their_token(gateway: Gateway, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cast.nobody().get("/metrics").status_code == 401
    for role in ("hr", "interviewer", "candidate", "reviewer", "auditor"):
        assert cast.of(role).get("/metrics").status_code == 403
    for role in ("operator", "service"):
        assert cast.of(role).get("/metrics").status_code == 200
    monkeypatch.setattr(gateway.services, "settings", msgspec.structs.replace(gateway.settings, metrics_token=TOKEN))
    for given, status in ((TOKEN, 200), (TOKEN[:-1], 401), (TOKEN + "x", 401)):
        answer = cast.nobody().get("/metrics", headers={"Authorization": f"Bearer {given}"})
        assert answer.status_code == status


@pytest.mark.services
def test_made_up_methods_make_one_label(gateway: Gateway, cast: Cast) -> None:
    _asked(gateway, "BREW")
    before = len(cast.of("operator").get("/metrics").text.splitlines())
    for number in range(100):
        assert b"405" in _asked(gateway, f"BREW{number}").split(b"\r\n", 1)[0]
    assert len(cast.of("operator").get("/metrics").text.splitlines()) <= before + 2


@pytest.mark.unit
def test_a_token_that_can_be_guessed_is_refused() -> None:
    secrets = {"TRIVIEW_GATEWAY_SECRET": "x" * 40, "TRIVIEW_METRICS_TOKEN": "short"}
    with pytest.raises(SettingsError, match="TRIVIEW_METRICS_TOKEN"):
        load_gateway_settings({"TRIVIEW_REDIS_URL": "redis://x", **secrets})
