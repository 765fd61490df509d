"""Opaque objects on fsspec: a local folder, S3-compatible storage by URL, or memory in tests.

An object appears under its name complete or not at all. Names are random ids: they say nothing about a person.
"""

from __future__ import annotations

import contextlib
import errno
import secrets
import shutil
import time
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import IO, Any
from urllib.parse import urlsplit

from include.interview.errors import BadInput, ServiceFailure

ACCEPTED_URLS = "Use file:///path, s3://bucket/prefix (credentials as for any AWS client), or memory:// in tests."

LASTING = "lasting"
"""Folder of objects that no row of the database names, because they outlive it; never swept."""

UNFINISHED = "unfinished"
"""Folder of objects being written; a killed writer may leave something here, never under a final name."""

S3_SCHEMES = ("s3", "s3a")

FULL_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""No space, over quota, over the file size limit."""


class ObjectStore:
    """Objects below one URL."""

    def __init__(self, url: str) -> None:
        """Open the store at `url`; a missing local folder is created, private to the user.

        Raises:
            BadInput: a URL of another kind.
        """
        import fsspec

        scheme = urlsplit(url).scheme or "file"
        if scheme not in ("file", "memory", *S3_SCHEMES):
            raise BadInput(f"TRIVIEW_STORAGE_URL has the unknown scheme {scheme!r}.", ACCEPTED_URLS, code="bad_setting")
        self._in_place = scheme in S3_SCHEMES
        self._errors: tuple[type[Exception], ...] = (OSError, *(_s3_errors() if self._in_place else ()))
        self._fs, root = fsspec.core.url_to_fs(url)
        self._root = root.rstrip("/")
        if scheme == "file":
            from pathlib import Path

            with self._failures():
                Path(self._root).mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextmanager
    def _failures(self) -> Iterator[None]:
        """Trouble of the storage as sentences."""
        try:
            yield
        except FileNotFoundError as error:
            raise ServiceFailure(
                "A stored object is missing from the storage.",
                "Check that TRIVIEW_STORAGE_URL is where the data was written, or restore it from a backup.",
                code="object_missing",
            ) from error
        except self._errors as error:
            if isinstance(error, OSError) and error.errno in FULL_ERRORS:
                raise full_storage(error) from error
            raise ServiceFailure(
                f"The storage cannot be used ({getattr(error, 'strerror', None) or type(error).__name__}).",
                "Check TRIVIEW_STORAGE_URL, its permissions and the connection, then try again.",
                code="storage",
            ) from error

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    def put(self, name: str, chunks: Iterable[bytes]) -> None:
        """Store the bytes of `chunks` under `name`, in constant memory.

        Whatever goes wrong, also in `chunks` itself, nothing remains: neither `name` nor a temporary object.

        Raises:
            ServiceFailure: the storage is full (code "storage_full") or cannot be used.
        """
        with self._failures():
            writer = self.writer(name)
            try:
                for chunk in chunks:
                    writer.write(chunk)
                writer.commit()
            except BaseException:
                writer.discard()
                raise

    def writer(self, name: str) -> ObjectWriter:
        """A new object to which bytes are written as they come; it appears under `name` when it is committed.

        Raises:
            ServiceFailure: the storage is full (code "storage_full") or cannot be used.
        """
        path = self._path(name)
        with self._failures():
            if self._in_place:
                return ObjectWriter(self._failures, self._fs.open(path, "wb", autocommit=False))
            return _RenamedObject(self._failures, self._fs, self._path(f"{UNFINISHED}/{secrets.token_hex(16)}"), path)

    def free_bytes(self) -> int | None:
        """Bytes that may still be written where the objects lie; None where the storage does not say (S3, memory)."""
        if self._in_place or "file" not in self._fs.protocol:
            return None
        with self._failures():
            return shutil.disk_usage(self._root).free

    @contextmanager
    def reader(self, name: str) -> Iterator[IO[bytes]]:
        """Within the block, a readable binary stream over the object's bytes.

        Raises:
            ServiceFailure: code "object_missing" when there is no such object; or the storage cannot be used.
        """
        with self._failures(), self._fs.open(self._path(name), "rb") as stream:
            yield stream

    def exists(self, name: str) -> bool:
        """True when the storage itself has the object.

        Raises:
            ServiceFailure: the storage cannot be used.
        """
        with self._failures():
            self._fs.invalidate_cache()
            return bool(self._fs.exists(self._path(name)))

    def remove(self, name: str) -> bool:
        """Remove the object; returns False when there was none.

        Raises:
            ServiceFailure: the storage cannot be used.
        """
        with self._failures():
            return self._remove(self._path(name))

    def _remove(self, path: str) -> bool:
        try:
            self._fs.rm_file(path)
        except FileNotFoundError:
            return False
        return True

    def names(self) -> tuple[str, ...]:
        """Names of all finished objects, sorted.

        Raises:
            ServiceFailure: the storage cannot be used.
        """
        with self._failures():
            return tuple(name for name in self._all_names() if not name.startswith(f"{UNFINISHED}/"))

    def names_in(self, folder: str) -> tuple[str, ...]:
        """Names of the finished objects whose names begin with `folder/`, sorted; none where there is no such folder.

        Raises:
            ServiceFailure: the storage cannot be used.
        """
        with self._failures():
            self._fs.invalidate_cache()
            if not self._fs.exists(self._path(folder)):
                return ()
            cut = len(self._fs._strip_protocol(self._root)) + 1
            return tuple(sorted(path[cut:] for path in self._fs.find(self._path(folder))))

    def _all_names(self) -> list[str]:
        self._fs.invalidate_cache()
        cut = len(self._fs._strip_protocol(self._root)) + 1
        return sorted(path[cut:] for path in self._fs.find(self._root))

    def sweep(self, older_than_s: float, referenced: Container[str]) -> int:
        """Remove what killed writers left longer than `older_than_s` seconds ago; returns how many objects.

        Removed are unfinished objects, and finished ones that neither are in `LASTING` nor in `referenced`.

        Raises:
            ServiceFailure: the storage cannot be used.
        """
        removed = 0
        with self._failures():
            for name in self._all_names():
                if name in referenced or name.startswith(f"{LASTING}/"):
                    continue
                age_s = time.time() - self._fs.modified(self._path(name)).timestamp()
                if age_s > older_than_s:
                    removed += self._remove(self._path(name))
        return removed


class ObjectWriter:
    """An object that is being written; either `commit` or `discard` ends it.

    Every call raises ServiceFailure when the storage is full (code "storage_full") or cannot be used. Not for two
    threads at once.
    """

    def __init__(self, failures: Callable[[], AbstractContextManager[None]], stream: Any) -> None:
        self._failures = failures
        self._stream = stream
        self._committed = False

    def write(self, chunk: bytes) -> None:
        """Write more bytes."""
        with self._failures():
            self._stream.write(chunk)

    def commit(self) -> None:
        """Have the object appear, complete."""
        with self._failures():
            self._publish()
        self._committed = True

    def discard(self) -> None:
        """Leave nothing, unless it was committed."""
        if not self._committed:
            with self._failures():
                self._drop()

    def _publish(self) -> None:
        """S3 shows an object only when its upload is completed."""
        self._stream.close()
        self._stream.commit()

    def _drop(self) -> None:
        self._stream.discard()


class _RenamedObject(ObjectWriter):
    """Written under another name, then renamed: for file systems."""

    def __init__(
        self, failures: Callable[[], AbstractContextManager[None]], fs: Any, temporary: str, path: str
    ) -> None:
        for needed in (temporary, path):
            fs.makedirs(fs._parent(needed), exist_ok=True)
        super().__init__(failures, fs.open(temporary, "wb"))
        self._fs = fs
        self._temporary = temporary
        self._path = path

    def _publish(self) -> None:
        _sync(self._stream)
        self._stream.close()
        self._fs.mv(self._temporary, self._path)

    def _drop(self) -> None:
        with contextlib.suppress(OSError):  # what could not be written is not wanted either
            self._stream.close()
        with contextlib.suppress(FileNotFoundError):
            self._fs.rm_file(self._temporary)


def _s3_errors() -> tuple[type[Exception], ...]:
    """What the S3 client raises for credentials and connections; all else it turns into OSError itself.

    Raises:
        BadInput: the S3 client is not installed.
    """
    try:
        from botocore.exceptions import BotoCoreError
    except ImportError:
        raise BadInput(
            "S3 storage needs the package s3fs.", "Install it: pip install s3fs", code="bad_setting"
        ) from None
    return (BotoCoreError,)


def object_name(room: str, identity: str) -> str:
    """The object name `room/ab/abcd…` of a random id, spread over folders by the id's first two characters."""
    return f"{room}/{identity[:2]}/{identity}"


def _sync(stream: IO[bytes]) -> None:
    """Bytes on disk before the rename, where the storage has a disk."""
    import os

    stream.flush()
    descriptor: Any = getattr(stream, "fileno", None)
    if descriptor is not None and getattr(stream, "f", None) is not None:
        os.fsync(descriptor())


def full_storage(error: OSError) -> ServiceFailure:
    """The error for storage without space, code "storage_full"."""
    return ServiceFailure(
        f"The storage is full ({errno.errorcode.get(error.errno or 0, 'no space')}); nothing half-written was kept.",
        "Free space or raise the quota, then try again.",
        code="storage_full",
    )


def refuse_low_storage(objects: ObjectStore, floor: int) -> None:
    """Return when at least `floor` bytes are free where `objects` lie, or nobody can say.

    Raises:
        ServiceFailure: code "storage_low": less is free. What is left is for interviews that are running.
    """
    free = objects.free_bytes()
    if free is not None and free < floor:
        raise ServiceFailure(
            "The storage is nearly full; nothing new is taken until space was freed.",
            "Free space or enlarge the disk (floor: TRIVIEW_MIN_FREE_BYTES), then try again.",
            code="storage_low",
        )
