"""All stores of one process, opened from the settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from sqlalchemy import Engine, select

from include.interview.errors import WrongKey
from include.security.chain import Plain
from include.security.errors import KeyProblem
from include.security.keys import read_master_key
from include.settings import Limits, Settings
from include.storage.database import tables as t
from include.storage.database.audit import Audit
from include.storage.database.audit_subjects import AuditSubjects
from include.storage.database.engine import adopt, make_engine
from include.storage.database.unit_of_work import Core
from include.storage.objects.artifacts import Artifacts
from include.storage.objects.audit_heads import AuditHeads
from include.storage.objects.erasure_list import ErasureList
from include.storage.objects.media import Media
from include.storage.objects.ranking_reports import RankingReports
from include.storage.objects.scratch import PrivateFiles
from include.storage.objects.sealed import SealedObjects
from include.storage.objects.store import ObjectStore
from include.storage.objects.uploads import Uploads
from include.storage.repositories.accounts import Accounts
from include.storage.repositories.activations import Activations
from include.storage.repositories.answers import Answers
from include.storage.repositories.applications import Applications, Decisions
from include.storage.repositories.candidates import Candidates
from include.storage.repositories.consents import Consents
from include.storage.repositories.contests import Contests
from include.storage.repositories.declarations import Declarations
from include.storage.repositories.divergences import Divergences
from include.storage.repositories.erasures import Erasures
from include.storage.repositories.fairness_reports import FairnessReports
from include.storage.repositories.insight_approvals import InsightApprovals
from include.storage.repositories.insights import Insights
from include.storage.repositories.interviews import Interviews
from include.storage.repositories.invitations import Invitations
from include.storage.repositories.key_census import KeyCensus
from include.storage.repositories.live_sessions import LiveSessions
from include.storage.repositories.logins import Logins
from include.storage.repositories.openings import Openings
from include.storage.repositories.panels import Panels
from include.storage.repositories.prepared_questions import PreparedQuestions
from include.storage.repositories.ranking_inputs import RankingInputs
from include.storage.repositories.rankings import Rankings
from include.storage.repositories.ratings import Ratings
from include.storage.repositories.retention import Retention
from include.storage.repositories.reviews import Reviews
from include.storage.repositories.scorecards import Scorecards
from include.storage.repositories.webhooks import Webhooks
from include.storage.vectors.chroma import Vectors
from include.storage.vectors.isolated import IsolatedVectors, open_vectors

PRIVATE_FOLDER = "open"
"""Folder below TRIVIEW_HOME for decrypted copies in use."""

ABANDONED_S = 24 * 3600.0
"""Age at which an object that no row names was left by a killed writer: far longer than any step may run."""


@dataclass(frozen=True)
class Rooms:
    """The stores beside the database, shared by all actors of a process."""

    sealed: SealedObjects
    private: PrivateFiles
    vectors: Vectors | IsolatedVectors
    limits: Limits


class Stores:
    """All stores of a process; a context manager that closes at its end what was opened for it."""

    def __init__(self, core: Core, rooms: Rooms, closing: Sequence[Callable[[], None]] = ()) -> None:
        self._core = core
        self._rooms = rooms
        self._closing = closing
        self.db = core.engine
        self.objects = rooms.sealed.objects
        self.openings = Openings(core)
        self.candidates = Candidates(core)
        self.applications = Applications(core)
        self.interviews = Interviews(core)
        self.invitations = Invitations(core)
        self.decisions = Decisions(core)
        self.contests = Contests(core)
        self.consents = Consents(core)
        self.accounts = Accounts(core)
        self.logins = Logins(core)
        self.activations = Activations(core)
        self.declarations = Declarations(core)
        self.erasures = Erasures(core)
        self.key_census = KeyCensus(core)
        self.erasure_list = ErasureList(core, rooms.sealed.objects)
        self.fairness_reports = FairnessReports(core)
        self.live_sessions = LiveSessions(core)
        self.panels = Panels(core)
        self.ratings = Ratings(core)
        self.divergences = Divergences(core)
        self.audit = Audit(core.engine)
        self.audit_subjects = AuditSubjects(core.engine)
        self.audit_heads = AuditHeads(core, rooms.sealed.objects, self.audit)
        self.scorecards = Scorecards(core)
        self.reviews = Reviews(core)
        self.retention = Retention(core)
        self.insights = Insights(core)
        self.insight_approvals = InsightApprovals(core)
        self.answers = Answers(core)
        self.prepared_questions = PreparedQuestions(core)
        self.ranking_inputs = RankingInputs(core)
        self.rankings = Rankings(core)
        self.webhooks = Webhooks(core)
        self.media = Media(core, rooms.sealed, rooms.private, rooms.limits)
        self.uploads = Uploads(core, rooms.sealed, self.media, rooms.limits)
        self.artifacts = Artifacts(core, rooms.sealed, rooms.private)
        self.ranking_reports = RankingReports(core, rooms.sealed)
        self.vectors = rooms.vectors

    @property
    def actor(self) -> str:
        """Who acts, as the audit trail names them; "system" unless set."""
        return self._core.actor

    @actor.setter
    def actor(self, name: str) -> None:
        self._core.actor = name

    @property
    def vectors_served(self) -> bool:
        """True when a Chroma server keeps the vectors: what is deleted stays in its files until they are vacuumed."""
        return isinstance(self._rooms.vectors, Vectors)

    def acting_as(self, actor: str) -> Stores:
        """The same stores for another actor, sharing engine and keys: one per request."""
        return Stores(Core(self._core.engine, self._core.master, actor), self._rooms)

    def private_folder(self) -> AbstractContextManager[Path]:
        """A folder (0700) for plaintext in use, as a context manager.

        It is removed at the end of the block, or by the next process if this one is killed.

        Raises:
            ServiceFailure: the disk is full.
        """
        return self._rooms.private.folder()

    def sweep(self, older_than_s: float = ABANDONED_S) -> int:
        """Remove what killed writers left in the object store; returns how many objects.

        Choose `older_than_s` above the longest upload: an object is committed before its row is.

        Raises:
        ServiceFailure: the database or storage cannot be used.
        """
        return self.objects.sweep(older_than_s, self._referenced())

    def missing_objects(self) -> tuple[str, ...]:
        """Names of objects that a row of the database names and the object store has not, sorted.

        Raises:
            ServiceFailure: the database or storage cannot be used.
        """
        referenced = self._referenced()  # first: an object is stored before its row
        return tuple(sorted(referenced - set(self.objects.names())))

    def _referenced(self) -> set[str]:
        tables = (t.media_objects, t.artifacts, t.upload_parts, t.ranking_report_files)
        with self._core.look() as connection:
            columns = [table.c.object_name for table in tables]
            return {name for column in columns for name in connection.execute(select(column)).scalars()}

    def ping(self) -> None:
        """Return normally when the database answers and has its schema.

        Raises:
            ServiceFailure: it does not.
        """
        with self._core.look() as connection:
            connection.execute(select(t.audit_head.c.seq)).one_or_none()

    def record(self, action: str, subject: str, detail: Mapping[str, Plain] | None = None) -> None:
        """Append an audit entry for an act that changes no row; `detail` holds ids, codes and counts only.

        Raises:
            ServiceFailure: the database cannot be used.
        """
        with self._core.act() as act:
            act.record(action, subject, detail)

    def __enter__(self) -> Stores:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for close in self._closing:
            close()


def open_stores(settings: Settings, engine: Engine | None = None, *, actor: str = "system") -> Stores:
    """All stores of one process. A given `engine` (an Airflow connection's) is used and left open at the end.

    What killed processes left decrypted is removed on the way.

    Raises:
        WrongKey: there is no usable master key (code "master_key").
        BadInput: a setting that cannot be used.
        ServiceFailure: the storage cannot be used.
    """
    try:
        master = read_master_key(settings.master_key, settings.master_key_file)
    except KeyProblem as error:
        raise WrongKey(str(error), code="master_key") from None
    rooms = Rooms(
        sealed=SealedObjects(ObjectStore(settings.storage_url)),
        private=PrivateFiles(settings.home / PRIVATE_FOLDER),
        vectors=open_vectors(settings.chroma_url, settings.chroma_dir),
        limits=settings.limits,
    )
    rooms.private.sweep()
    if engine is not None:
        return Stores(Core(adopt(engine), master, actor), rooms, [rooms.vectors.close])
    own = make_engine(settings.db_url)
    return Stores(Core(own, master, actor), rooms, [rooms.vectors.close, own.dispose])
