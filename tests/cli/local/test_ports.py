"""Ports that an operator asks for are taken, or refused in a sentence: never another one in silence."""

from __future__ import annotations

import socket

import pytest

from cli.local.ports import asked_port, free_port
from include.settings import SettingsError

pytestmark = pytest.mark.unit
NAME = "TRIVIEW_LIVE_PORT"


def test_an_asked_port_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = free_port()
    monkeypatch.setenv(NAME, f" {wanted} ")
    assert asked_port(NAME) == wanted


def test_without_one_nothing_is_asked_and_a_free_one_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NAME, raising=False)
    assert asked_port(NAME) is None
    monkeypatch.setenv(NAME, " ")
    assert asked_port(NAME) is None
    usual = free_port()
    assert free_port(usual) == usual
    with socket.socket() as other:
        other.bind(("127.0.0.1", usual))
        other.listen()
        assert free_port(usual) not in (0, usual)


@pytest.mark.parametrize("value", ["http", "0", "65536", "-1", "80.5", "٨٠٩٠"])
def test_what_is_no_port_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(NAME, value)
    with pytest.raises(SettingsError, match=f"{NAME} must be a port from 1 to 65535"):
        asked_port(NAME)


def test_a_taken_port_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setenv(NAME, str(other.getsockname()[1]))
        with pytest.raises(SettingsError, match="is taken"):
            asked_port(NAME)
