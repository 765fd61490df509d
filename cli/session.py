"""The command line's own access to the stores of this installation, acting as the person at the terminal."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager

from include.settings import Settings, load_settings
from include.storage import Stores, open_stores, upgrade
from tasks.administration import prepare_home


@contextmanager
def local_stores(settings: Settings | None = None) -> Iterator[tuple[Stores, Settings]]:
    """Stores of this installation with an up-to-date schema; embedded defaults get their master key file.

    Acts in the audit chain under the operating system's user name.
    """
    settings = settings or load_settings()
    prepare_home(settings)
    with open_stores(settings, actor=f"cli:{getpass.getuser()}") as stores:
        upgrade(stores.db)
        yield stores, settings
