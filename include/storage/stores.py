"""All stores of one process, opened from the settings."""

from __future__ import annotations

from types import TracebackType

from sqlalchemy import Engine

from include.interview.errors import WrongKey
from include.security.errors import KeyProblem
from include.security.keys import MasterKey, read_master_key
from include.settings import Settings
from include.storage.artifacts import Artifacts
from include.storage.audit import Audit
from include.storage.candidates import Candidates
from include.storage.consents import Consents
from include.storage.core import Core
from include.storage.engine import adopt, make_engine
from include.storage.interviews import Applications, Decisions, Interviews
from include.storage.media import Media
from include.storage.objects import ObjectStore
from include.storage.openings import Openings
from include.storage.private_files import PrivateFiles
from include.storage.scorecards import Scorecards
from include.storage.sealed_objects import SealedObjects
from include.storage.vectors import Vectors

PRIVATE_FOLDER = "open"
"""Folder below TRIVIEW_HOME for decrypted copies in use."""


class Stores:
    """Everything that is stored. A context manager: an engine that it made itself is closed at the end."""

    def __init__(
        self, settings: Settings, engine: Engine, master: MasterKey, *, owns_engine: bool, actor: str = "system"
    ) -> None:
        self._settings = settings
        self._owns_engine = owns_engine
        self._core = core = Core(engine, master, actor)
        private = PrivateFiles(settings.home / PRIVATE_FOLDER)
        private.sweep()
        sealed = SealedObjects(ObjectStore(settings.storage_url))
        self.db = engine
        self.objects = sealed.objects
        self.openings = Openings(core)
        self.candidates = Candidates(core)
        self.applications = Applications(core)
        self.interviews = Interviews(core)
        self.decisions = Decisions(core)
        self.consents = Consents(core)
        self.audit = Audit(engine)
        self.scorecards = Scorecards(core)
        self.media = Media(core, sealed, private, settings.limits)
        self.artifacts = Artifacts(core, sealed, private)
        self.vectors = Vectors(settings.chroma_url, settings.chroma_dir)

    @property
    def actor(self) -> str:
        """Who acts, as the audit trail will name them; "system" unless said otherwise."""
        return self._core.actor

    @actor.setter
    def actor(self, name: str) -> None:
        self._core.actor = name

    def acting_as(self, actor: str) -> Stores:
        """The same stores for another actor, sharing engine and keys: one per request, so that none is mixed up."""
        return Stores(self._settings, self.db, self._core.master, owns_engine=False, actor=actor)

    def __enter__(self) -> Stores:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._owns_engine:
            self.db.dispose()


def open_stores(settings: Settings, engine: Engine | None = None, *, actor: str = "system") -> Stores:
    """All stores. With `engine` (an Airflow connection's) no other one is made, and it is left open at the end.

    Raises:
        WrongKey: there is no usable master key (code "master_key"). BadInput: a setting that cannot be used.
        ServiceFailure: the storage cannot be used.
    """
    try:
        master = read_master_key(settings.master_key, settings.master_key_file)
    except KeyProblem as error:
        raise WrongKey(str(error), code="master_key") from None
    owns = engine is None
    return Stores(
        settings,
        make_engine(settings.db_url) if engine is None else adopt(engine),
        master,
        owns_engine=owns,
        actor=actor,
    )
