"""Changing the master key of an installation, killed at every step."""

from __future__ import annotations

from pathlib import Path

import pytest

from include.interview.errors import BadInput
from include.security.keys import create_key_file, read_master_key
from include.settings import Settings, load_settings
from include.storage import open_stores, upgrade
from tasks.administration import prepare_home
from tasks.privacy import keys
from tasks.privacy.keys import old_key_file, rotate

pytestmark = pytest.mark.slow


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation with two people, of whom one declared something."""
    made = load_settings({"TRIVIEW_HOME": str(tmp_path / "home")})
    prepare_home(made)
    with open_stores(made) as stores:
        upgrade(stores.db)
        first = stores.candidates.create("Zebulon")
        stores.candidates.create("Quill")
        stores.declarations.declare(first.id, {"sex": "female"})
    return made


def names(settings: Settings) -> list[str]:
    with open_stores(settings) as stores:
        return sorted(one.name for one in stores.candidates.list())


def test_every_key_is_wrapped_anew_and_the_old_key_is_kept_for_old_backups(settings: Settings) -> None:
    before = read_master_key(None, settings.master_key_file)
    with open_stores(settings) as stores:
        assert rotate(stores, settings, dry_run=True).keys == 3
        assert not (settings.master_key_file.with_name("master.key.next")).exists()
        done = rotate(stores, settings)
    assert (done.old_id, done.keys, done.done) == (before.id, 3, True)
    after = read_master_key(None, settings.master_key_file)
    assert after.id == done.new_id != before.id
    assert read_master_key(None, settings.master_key_file.with_name(f"master.key.old-{before.id}")) == before
    assert names(settings) == ["Quill", "Zebulon"]
    with open_stores(settings) as stores:
        assert {one.master_key_id for one in stores.key_census.count()} == {after.id}
        assert stores.audit.verify().intact


def test_every_key_before_is_kept_because_a_backup_may_lie_under_any(settings: Settings) -> None:
    known = [read_master_key(None, settings.master_key_file)]
    for _ in range(2):
        with open_stores(settings) as stores:
            rotate(stores, settings)
        known.append(read_master_key(None, settings.master_key_file))
    kept = sorted(settings.master_key_file.parent.glob("master.key.*"))
    assert kept == sorted(old_key_file(settings.master_key_file, one.id) for one in known[:2])
    assert [read_master_key(None, old_key_file(settings.master_key_file, one.id)) for one in known[:2]] == known[:2]


@pytest.mark.parametrize("step", ["before_the_database", "after_the_database", "between_the_files"])
def test_killed_in_between_the_next_call_ends_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, open_stores(settings) as stores:
        if step == "before_the_database":
            patch.setattr(stores.candidates, "rotate_master_key", dies)
        elif step == "after_the_database":
            patch.setattr(keys, "_exchange", dies)
        else:
            patch.setattr(Path, "replace", dies)
        with pytest.raises(KeyboardInterrupt):
            rotate(stores, settings)
    with open_stores(settings) as stores:
        done = rotate(stores, settings)
        assert done.done
    assert names(settings) == ["Quill", "Zebulon"]
    assert read_master_key(None, settings.master_key_file).id == done.new_id
    assert not settings.master_key_file.with_name("master.key.next").exists()


def test_a_key_that_is_not_in_a_file_and_data_under_a_third_key_are_refused(settings: Settings, tmp_path: Path) -> None:
    with open_stores(settings) as stores, pytest.raises(BadInput) as elsewhere:
        rotate(stores, load_settings({"TRIVIEW_HOME": str(settings.home), "TRIVIEW_MASTER_KEY": "x"}))
    assert elsewhere.value.code == "key_elsewhere"
    create_key_file(tmp_path / "third.key")
    other = load_settings({"TRIVIEW_HOME": str(settings.home), "TRIVIEW_MASTER_KEY_FILE": str(tmp_path / "third.key")})
    with open_stores(other) as stores, pytest.raises(BadInput) as third:
        rotate(stores, other)
    assert third.value.code == "other_keys"
    assert names(settings) == ["Quill", "Zebulon"]
