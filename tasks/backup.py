"""Backup and restore: the database as at one moment, then the objects; the master key apart; both checked."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import msgspec

from include.interview.errors import BadInput, ServiceFailure
from include.interview.progress import Progress, silent
from include.interview.records import Record
from include.settings import Settings
from include.storage import Stores, open_stores, upgrade
from include.storage.database.dump import dump, load, read_head, rows_of
from include.storage.database.engine import knows_revision, make_engine
from include.storage.objects.erasure_list import FOLDER as ERASURES
from include.storage.objects.store import ObjectStore
from tasks.evaluation.answers import rebuild_index
from tasks.privacy.outside import replayed

FORMAT = 1
MANIFEST, DATABASE, OBJECTS = "manifest.json", "database.msgpack", "objects"
PIECE_BYTES = 1024 * 1024
PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600


class Manifest(Record, frozen=True):
    """What a backup holds. `at`: UTC, ISO 8601; `database_sha256`: of the dump; `master_key_id`: its fingerprint.

    `audit_entries` and `audit_head`: length and end of the audit chain as it was dumped. `seconds`: by part.
    """

    format: int
    at: str
    revision: str
    rows: dict[str, int]
    database_sha256: str
    objects: int
    object_bytes: int
    gone_meanwhile: int
    audit_entries: int
    audit_head: str
    master_key_id: str
    seconds: dict[str, float]


class Restored(Record, frozen=True):
    """What a restore found. `keys`: candidates whose data key opens; `erased_again`: people of the erasure list.

    `missing`: objects that rows name and the backup had not; `incomplete`: erasures that some place did not answer.
    """

    rows: int
    objects: int
    keys: int
    audit_entries: int
    missing: tuple[str, ...]
    erased_again: int
    incomplete: int
    answers_indexed: int
    seconds: dict[str, float]


class _Clock:
    """Seconds by part, in order."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._since = time.monotonic()

    def ended(self, part: str) -> None:
        now = time.monotonic()
        self.seconds[part] = round(now - self._since, 3)
        self._since = now


def make_backup(stores: Stores, folder: Path, at: str, progress: Progress = silent) -> Manifest:
    """Write a backup of database and objects into the new folder `folder` (0700); the master key is not in it.

    The database comes first: an object without a row is waste, a row without its object is a loss. `manifest.json` is
    written last, so a folder without one is no backup. `at`: the time that it is kept under (ISO 8601, UTC).

    Raises:
        BadInput: the folder is there already (code "already_exists").
        ServiceFailure: the database or a storage cannot be used.
    """
    _new_folder(folder)
    clock = _Clock()
    stores.record("backup.made", f"backup:{folder.name}")
    with _private(folder / DATABASE) as stream:
        head = dump(stores.db, stream)
    digest = _sha256(folder / DATABASE)
    entries, audit_head = _audit_of(folder / DATABASE)
    clock.ended("database")
    target = ObjectStore(f"file://{(folder / OBJECTS).resolve()}")
    copied, size, gone = copy_objects(stores.objects, target, progress)
    clock.ended("objects")
    manifest = Manifest(
        format=FORMAT,
        at=at,
        revision=head.revision,
        rows=head.rows,
        database_sha256=digest,
        objects=copied,
        object_bytes=size,
        gone_meanwhile=gone,
        audit_entries=entries,
        audit_head=audit_head,
        master_key_id=stores.key_census.configured,
        seconds=clock.seconds,
    )
    with _private(folder / MANIFEST) as stream:
        stream.write(msgspec.json.format(msgspec.json.encode(manifest), indent=2))
    return manifest


def copy_objects(source: ObjectStore, target: ObjectStore, progress: Progress = silent) -> tuple[int, int, int]:
    """Copy every finished object that `target` lacks: (objects, bytes, objects that went away meanwhile).

    Raises:
        ServiceFailure: a storage cannot be used.
    """
    names, present = source.names(), set(target.names())
    copied = size = gone = 0
    for number, name in enumerate(names):
        progress((number + 1) / len(names), "objects")
        if name in present:
            continue
        counted = _Counted()
        try:
            with source.reader(name) as stream:
                target.put(name, counted.pieces(stream))
        except ServiceFailure as failure:
            if failure.code != "object_missing" or source.exists(name):
                raise
            gone += 1  # erased, or an upload that was taken together, since the names were listed
            continue
        copied, size = copied + 1, size + counted.bytes
    return copied, size, gone


class _Counted:
    def __init__(self) -> None:
        self.bytes = 0

    def pieces(self, stream: IO[bytes]) -> Iterator[bytes]:
        while piece := stream.read(PIECE_BYTES):
            self.bytes += len(piece)
            yield piece


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the backup in `folder`.

    Raises:
        BadInput: it is no backup (code "no_backup"), was cut off, damaged, or made by a newer version.
    """
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError):
        raise BadInput(
            f"{folder} holds no finished backup.", f"Name a folder with a {MANIFEST}.", code="no_backup"
        ) from None
    if manifest.format != FORMAT or not knows_revision(manifest.revision):
        raise BadInput(
            f"The backup's schema ({manifest.revision}) is unknown here.", "Restore it with the version that made it."
        )
    if _sha256(folder / DATABASE) != manifest.database_sha256:
        raise BadInput("The backup's database is not what was written.", "Take another backup; look at the disk.")
    return manifest


async def restore(settings: Settings, folder: Path, env: Mapping[str, str], progress: Progress = silent) -> Restored:
    """Put the backup in `folder` into the empty installation of `settings`, check it, and erase again who was erased.

    The erasure list of the installation's own object store stays, and the backup's is added to it. Nothing may serve
    from the installation meanwhile.

    Raises:
        BadInput: no backup, damaged, or the database is not empty. WrongKey: made under another master key.
        ServiceFailure: a store cannot be used, or the restored data do not hold: the text says what.
    """
    clock = _Clock()
    manifest = read_manifest(folder)
    engine = make_engine(settings.db_url)
    try:
        upgrade(engine, manifest.revision)
        with (folder / DATABASE).open("rb") as stream:
            rows = load(engine, stream, read_head(stream))
        upgrade(engine)
    finally:
        engine.dispose()
    clock.ended("database")
    with open_stores(settings, actor="restore") as stores:
        source = ObjectStore(f"file://{(folder / OBJECTS).resolve()}")
        copied, _, _ = copy_objects(source, stores.objects, progress)
        clock.ended("objects")
        keys, missing = _checked(stores, manifest)
        clock.ended("checks")
        again, incomplete = await replayed(stores, settings, env)
        clock.ended("erasures")
        indexed, _ = rebuild_index(stores)
        clock.ended("answer index")
        stores.record("backup.restored", f"backup:{folder.name}", {"erased_again": again, "missing": len(missing)})
    return Restored(
        rows=sum(rows.values()),
        objects=copied,
        keys=keys,
        audit_entries=manifest.audit_entries,
        missing=missing,
        erased_again=again,
        incomplete=incomplete,
        answers_indexed=indexed,
        seconds=clock.seconds,
    )


def _checked(stores: Stores, manifest: Manifest) -> tuple[int, tuple[str, ...]]:
    keys = stores.key_census.check_candidates()
    report = stores.audit.verify()
    if not report.intact or (report.entries, report.head) != (manifest.audit_entries, manifest.audit_head):
        raise ServiceFailure(
            f"The restored audit chain does not hold: {report.reason or 'it ends elsewhere than the manifest says'}.",
            "Take another backup; this one was changed.",
            code="audit",
        )
    return keys, stores.missing_objects()


async def drill(settings: Settings, folder: Path, progress: Progress = silent) -> Restored:
    """Restore the backup in `folder` into a scratch system on this machine, as `restore` does, and remove it again.

    Who is on the erasure list of the running installation is erased there as well. The installation is not changed.

    Raises:
        As `restore`.
    """
    with TemporaryDirectory(prefix="triview-drill-", dir=_disk_of(settings)) as scratch:
        home = Path(scratch)
        there = msgspec.structs.replace(
            settings,
            home=home,
            db_url=f"sqlite:///{home / 'triview.db'}",
            storage_url=f"file://{home / OBJECTS}",
            chroma_url=None,
            redis_url=None,
            airflow_logs=None,
        )
        _bring_erasures(ObjectStore(settings.storage_url), ObjectStore(there.storage_url))
        return await restore(there, folder, {}, progress)


def _disk_of(settings: Settings) -> Path:
    """Where a scratch system may lie: below home, which is private and has room for objects."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    return settings.home


def _bring_erasures(source: ObjectStore, target: ObjectStore) -> None:
    for name in source.names_in(ERASURES):
        with source.reader(name) as stream:
            target.put(name, [stream.read()])


def _audit_of(file: Path) -> tuple[int, str]:
    """Length and end of the audit chain inside a dump: what its own transaction saw."""
    with file.open("rb") as stream:
        for row in rows_of(stream, "audit_head"):
            return int(row["seq"]), str(row["hash"])
    raise ServiceFailure("The audit chain has no beginning.", "Run ./triview db upgrade.", code="database")


def _new_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True)
    except FileExistsError:
        raise BadInput(f"{folder} is there already.", "Name a new folder.", code="already_exists") from None


def _private(file: Path) -> IO[bytes]:
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE), "wb")


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
