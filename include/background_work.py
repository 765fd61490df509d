"""Heavy steps give way to live sessions on the same machine: low priority, and half the cores while one is heard.

Whoever hears a live session holds a lock on the marker file (open file description locks, fcntl(2)); whoever works in
the background asks whether one is held. The kernel gives the lock up with the process that held it, however that ended,
so a marker is never stale. Processes see each other when they share the file: by TRIVIEW_HOME, or by a volume.

Keeping off cores works where niceness does not: between the sessions of setsid(2), each of which Linux gives the same
share whatever their niceness (autogroup, sched(7)), and between containers.
"""

from __future__ import annotations

import ctypes
import fcntl
import logging
import os
import platform
import struct
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from include.settings import SettingsError

LOOK_S = 0.5
"""How often background work asks whether a session is heard."""
NICENESS = 10
"""About a tenth of the share of an ordinary process on a busy core."""
IO_BEST_EFFORT_LOWEST = (2 << 13) | 7
"""Class best effort, lowest level: ioprio_set(2)."""
_IOPRIO_SET = {"x86_64": 251, "aarch64": 30}
"""Number of the system call, which the C library has no function for."""
log = logging.getLogger("include.background_work")
_LOCK = "hhqqi4x"
"""struct flock of fcntl(2) with 64-bit offsets."""


def background_cores(allowed: Iterable[int], *, heard: bool) -> frozenset[int]:
    """The cores that background work may use, of the numbers `allowed`: all, or the upper half while one is heard.

    One core is always left to it, the only one if there is just one. Every process comes to the same answer, so that
    all background work of a machine shares these cores.
    """
    ordered = sorted(allowed)
    return frozenset(ordered[len(ordered) // 2 :] if heard else ordered)


class HeardMarker:
    """Says that this process hears a live session, by a lock on `path`; any number of processes may."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def set(self, heard: bool) -> None:
        """Take the lock or give it up; the same again does nothing.

        Raises:
            OSError: the file cannot be made or locked.
        """
        if heard and self._descriptor is None:
            descriptor = self._open()
            try:
                fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, _flock(fcntl.F_RDLCK))
            except OSError:
                os.close(descriptor)
                raise
            self._descriptor = descriptor
        elif not heard and self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def prepare(self) -> None:
        """Make the file and lock it for a moment, so that what is wrong with it is known before a session is.

        Raises:
            SettingsError: it cannot be made or locked.
        """
        try:
            self.set(True)
            self.set(False)
        except OSError as error:
            raise SettingsError(
                f"TRIVIEW_LIVE_MARKER: {self._path} cannot be made or locked ({error.strerror}). "
                "Name a file that can be."
            ) from None

    def _open(self) -> int:
        """The file, which is empty and which other accounts of this machine may read: Airflow's may be another one."""
        try:
            return os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            if not self._path.parent.is_dir():
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._path.parent.chmod(0o755)
        descriptor = os.open(self._path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
        os.fchmod(descriptor, 0o644)  # whatever the umask
        return descriptor


def session_heard(path: Path) -> bool:
    """Whether some process holds the marker at `path`. Takes no lock itself.

    Raises:
        OSError: the file is there and cannot be read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        found = fcntl.fcntl(descriptor, fcntl.F_OFD_GETLK, _flock(fcntl.F_WRLCK))
        return bool(struct.unpack(_LOCK, found)[0] != fcntl.F_UNLCK)
    finally:
        os.close(descriptor)


def _flock(kind: int) -> bytes:
    return struct.pack(_LOCK, kind, os.SEEK_SET, 0, 0, 0)


def lower_priority() -> None:
    """Lower the calling thread's niceness and disk priority, and so those of threads and processes it starts."""
    here = threading.get_native_id()
    if os.getpriority(os.PRIO_PROCESS, here) < NICENESS:
        os.setpriority(os.PRIO_PROCESS, here, NICENESS)
    number = _IOPRIO_SET.get(platform.machine())
    if number is not None:
        ctypes.CDLL(None, use_errno=True).syscall(number, 1, here, IO_BEST_EFFORT_LOWEST)


@contextmanager
def background_work(marker: Path) -> Iterator[None]:
    """Keep this process and its children on `background_cores` while the block runs and the marker is held.

    Raises:
        SettingsError: the marker is there and cannot be read.
    """
    watch = _Watch(marker, frozenset(os.sched_getaffinity(0)))
    with watch:
        yield


class _Watch:
    """A thread that looks at the marker and moves every thread of this process and its descendants."""

    def __init__(self, marker: Path, allowed: frozenset[int]) -> None:
        self._marker, self._allowed = marker, allowed
        self._ended = threading.Event()
        self._given_way = False
        self._told = False
        self._thread = threading.Thread(target=self._run, daemon=True, name="gives-way-to-live")

    def __enter__(self) -> Self:
        try:
            self.look()
        except OSError as error:
            raise SettingsError(
                f"TRIVIEW_LIVE_MARKER: {self._marker} cannot be read ({error.strerror}). Let the account of Airflow "
                "read it and enter its folder (modes 0644 and 0755; the file is empty), or name another file for both."
            ) from None
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        if self._given_way:
            _move(self._allowed)

    def look(self) -> None:
        """Ask once and move what runs; threads and children that came since the last look as well."""
        heard = session_heard(self._marker)
        if heard or self._given_way:
            _move(background_cores(self._allowed, heard=heard))
        self._given_way = heard

    def _run(self) -> None:
        while not self._ended.wait(LOOK_S):
            try:
                self.look()
            except OSError as error:
                self._cannot_look(error)

    def _cannot_look(self, error: OSError) -> None:
        """Say so once; every core is given back, because nobody would say that the session has ended."""
        if not self._told:
            log.warning("Whether a live session is heard cannot be seen (TRIVIEW_LIVE_MARKER): %s", error.strerror)
            self._told = True
        if self._given_way:
            self._given_way = False
            with suppress(OSError):  # what kept it is said above
                _move(self._allowed)


def _move(cores: frozenset[int]) -> None:
    processes = [os.getpid()]
    for process in processes:  # grows while it is read
        for thread in _names(Path(f"/proc/{process}/task")):
            with suppress(ProcessLookupError, PermissionError):  # it ended, or belongs to somebody else
                os.sched_setaffinity(int(thread), cores)
            with suppress(FileNotFoundError, ProcessLookupError):
                processes.extend(map(int, Path(f"/proc/{process}/task/{thread}/children").read_text().split()))


def _names(folder: Path) -> list[str]:
    try:
        return [one.name for one in folder.iterdir()]
    except (FileNotFoundError, ProcessLookupError):
        return []
