"""Exchanging the files of an embedded index for new ones, so that a kill at any moment is mended by whoever comes next.

The old files move aside first; once all of them are there, the new ones move in; then the old ones, under a third name,
are removed. Whoever holds the folder's lock may mend: nobody else is in the middle of it then.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

LOCK, MARK = ".lock", ".written"
"""Files in an embedded store's folder: held while it is used, and what was written last."""
ASIDE, GONE = ".old", ".gone"
"""Where the old files wait until the new ones are in place, and where they wait to be removed."""
MOVED = ".moved"
"""In `ASIDE`, once all of the old files are there."""


def interrupted(folder: Path) -> bool:
    """True when an exchange is going on, or was cut short."""
    return (folder / ASIDE).exists() or (folder / GONE).exists()


def exchange(folder: Path, fresh: Path) -> None:
    """Put the files of `fresh` in the place of those of `folder`.

    Raises:
        OSError: the folder cannot be written; `mend` undoes what was done.
    """
    aside = folder / ASIDE
    aside.mkdir(mode=0o700)
    for entry in files(folder):
        entry.rename(aside / entry.name)
    (aside / MOVED).touch()
    for entry in files(fresh) if fresh.is_dir() else ():
        entry.rename(folder / entry.name)
    aside.rename(folder / GONE)
    mark(folder)
    shutil.rmtree(folder / GONE)


def mend(folder: Path) -> None:
    """End an exchange that was cut short: before all new files were in place it is undone, afterwards it is finished.

    Raises:
        OSError: the folder cannot be written.
    """
    aside = folder / ASIDE
    if (folder / GONE).exists():
        mark(folder)
        shutil.rmtree(folder / GONE)
    if not aside.exists():
        return
    if (aside / MOVED).exists():
        for entry in list(files(folder)):
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    for entry in list(files(aside)):
        entry.rename(folder / entry.name)
    shutil.rmtree(aside)
    mark(folder)


def files(folder: Path) -> Iterator[Path]:
    """The index's own files in `folder`, sorted."""
    return (entry for entry in sorted(folder.iterdir()) if entry.name not in (LOCK, MARK, ASIDE, GONE, MOVED))


def mark(folder: Path) -> None:
    """Have everybody who has the old files open open them again."""
    (folder / MARK).write_text(uuid.uuid4().hex)
