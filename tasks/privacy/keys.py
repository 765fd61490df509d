"""Changing the master key: every data key is wrapped anew, content stays as it is."""

from __future__ import annotations

from pathlib import Path

from include.interview.errors import BadInput
from include.interview.records import Record
from include.security.errors import KeyProblem
from include.security.keys import MasterKey, create_key_file, read_master_key
from include.settings import Settings
from include.storage import Stores

NEXT = ".next"
"""Ending of the file that holds the new key until the database is under it."""
OLD = ".old-"
"""Before the id of the key before, at the end of the name of the file that holds it, for backups made under it."""


class Rotation(Record, frozen=True):
    """What a rotation did, or would do. `keys`: data keys that are wrapped anew; the ids are public fingerprints."""

    old_id: str
    new_id: str | None
    keys: int
    done: bool


def rotate(stores: Stores, settings: Settings, *, dry_run: bool = False) -> Rotation:
    """Put a fresh master key in the place of the key file's; all data keys are wrapped anew in one transaction.

    The new key is on disk before the database is under it, and the old one stays beside it in a file whose
    name ends in ".old-" and its id: one for each rotation.
    Killed in between, the next call ends what was begun: it finds out under which of the two keys the database is.

    Raises:
        BadInput: the key is not in a file here (code "key_elsewhere"), or data lie under a third key (code
            "other_keys"). WrongKey: a data key does not open with the present key; nothing was changed.
    """
    file = settings.master_key_file
    if settings.master_key is not None or not file.exists():
        raise BadInput(
            "The master key is not in a file here, but set by TRIVIEW_MASTER_KEY.",
            "Rotate where the key file is: put the key into a file (mode 0600), name it by TRIVIEW_MASTER_KEY_FILE.",
            code="key_elsewhere",
        )
    old_id, found = stores.key_census.configured, stores.key_census.count()
    count = sum(one.keys for one in found)
    others = {one.master_key_id for one in found} - {old_id}
    if others and file.with_name(file.name + NEXT).exists() and others == {(begun := _next_key(file)).id}:
        if not dry_run:
            _exchange(file)
        return Rotation(old_id, begun.id, count, done=not dry_run)
    if others:
        raise BadInput(
            f"Data keys lie under another master key than the configured one ({', '.join(sorted(others))}).",
            "Configure the key they lie under; see ./triview keys census.",
            code="other_keys",
        )
    if dry_run:
        return Rotation(old_id, None, count, done=False)
    new = _next_key(file)
    stores.candidates.rotate_master_key(new)
    _exchange(file)
    return Rotation(old_id, new.id, count, done=True)


def old_key_file(file: Path, key_id: str) -> Path:
    """Where the key with this id is kept once another one took the place of `file`."""
    return file.with_name(f"{file.name}{OLD}{key_id}")


def _next_key(file: Path) -> MasterKey:
    following = file.with_name(file.name + NEXT)
    create_key_file(following)
    try:
        return read_master_key(None, following)
    except KeyProblem as error:
        raise BadInput(str(error), f"Remove {following.name} and rotate again.", code="master_key") from None


def _exchange(file: Path) -> None:
    """The new key takes the file's name; the old one is kept."""
    old = old_key_file(file, read_master_key(None, file).id)
    following = file.with_name(file.name + NEXT)
    if not old.exists():  # killed in between, it is there already: the same file under two names
        old.hardlink_to(file)
    following.replace(file)
