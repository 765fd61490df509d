"""Storage: the database, the audit chain, encrypted media and artifacts, and answer vectors.

Open it with `open_stores(settings)`; make or upgrade the schema with `upgrade(engine)`.
"""

from __future__ import annotations

from include.storage.database.audit import AuditEntry, AuditReport
from include.storage.database.engine import make_engine, upgrade
from include.storage.repositories.applications import Application, HumanDecision
from include.storage.stores import Stores, open_stores
from include.storage.vectors.chroma import SimilarAnswer

__all__ = [
    "Application",
    "AuditEntry",
    "AuditReport",
    "HumanDecision",
    "SimilarAnswer",
    "Stores",
    "make_engine",
    "open_stores",
    "upgrade",
]
