"""Stores on both databases, as the tests of storage have them."""

from __future__ import annotations

from tests.include.storage.conftest import db_url, local, local_stores, server, settings, stores

__all__ = ["db_url", "local", "local_stores", "server", "settings", "stores"]
