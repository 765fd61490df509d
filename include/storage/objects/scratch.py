"""Private folders for plaintext on disk, removed with the process that uses them, even a killed one."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from include.interview.errors import ServiceFailure
from include.storage.objects.store import FULL_ERRORS, full_storage

PREFIX = "open-"
LOCK_NAME = ".lock"


class PrivateFiles:
    """Temporary folders (0700) below `root`, each locked by the process that uses it."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """Within the block, a private folder (0700), removed at the end with all that is in it.

        Raises:
            ServiceFailure: the disk is full, also when the block finds it so.
        """
        try:
            folder, lock = self._make()
            try:
                yield folder
            finally:
                with self._census():
                    shutil.rmtree(folder)
                os.close(lock)
        except OSError as error:
            if error.errno in FULL_ERRORS:
                raise full_storage(error) from error
            raise

    def _make(self) -> tuple[Path, int]:
        with self._census():
            folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=self._root))
            lock = os.open(folder / LOCK_NAME, os.O_WRONLY | os.O_CREAT, 0o600)
            fcntl.flock(lock, fcntl.LOCK_EX)
        return folder, lock

    @contextmanager
    def _census(self) -> Iterator[None]:
        """One process at a time makes, removes or sweeps folders: nobody meets one that is half made."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._root / LOCK_NAME).open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def write(self, path: Path, chunks: Iterable[bytes]) -> Path:
        """Write `chunks` to `path` (0600) and return the path.

        Raises:
            ServiceFailure: the disk is full.
        """
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                stream.writelines(chunks)
        except OSError as error:
            if error.errno in FULL_ERRORS:
                raise full_storage(error) from error
            raise ServiceFailure(
                f"A temporary file cannot be written ({error.strerror}).",
                "Check the folder TRIVIEW_HOME.",
                code="storage",
            ) from error
        return path

    def sweep(self) -> int:
        """Remove the folders whose process is gone; returns how many.

        The lock, not the process id, decides: workers in several containers may share the folder.
        """
        with self._census():
            abandoned = [folder for folder in self._root.glob(f"{PREFIX}*") if _is_abandoned(folder)]
            for folder in abandoned:
                shutil.rmtree(folder)
        return len(abandoned)


def _is_abandoned(folder: Path) -> bool:
    try:
        lock = os.open(folder / LOCK_NAME, os.O_WRONLY)
    except FileNotFoundError:
        return True  # its maker was killed before it came to the lock
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True
