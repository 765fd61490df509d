"""Ports of this machine."""

from __future__ import annotations

import os
import socket

from include.settings import SettingsError

HIGHEST = 65_535


def free_port(preferred: int = 0) -> int:
    """`preferred` when nothing listens on it, otherwise a port the system gives."""
    for port in (preferred, 0):
        found = _listenable(port)
        if found is not None:
            return found
    raise OSError("No free TCP port on 127.0.0.1.")


def asked_port(name: str) -> int | None:
    """The port that the environment variable `name` asks for; None where it asks for none.

    Raises:
        SettingsError: it is no port, or something listens on it.
    """
    asked = os.environ.get(name, "").strip()
    if not asked:
        return None
    if not (asked.isascii() and asked.isdigit() and 0 < int(asked) <= HIGHEST):
        raise SettingsError(f"{name} must be a port from 1 to {HIGHEST}, not {asked!r}.")
    if _listenable(int(asked)) is None:
        raise SettingsError(f"Port {asked} of {name} is taken. Stop what listens there, or choose another.")
    return int(asked)


def _listenable(port: int) -> int | None:
    """`port`, or for 0 one that the system gives; None when something listens on it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return None
        return int(probe.getsockname()[1])
