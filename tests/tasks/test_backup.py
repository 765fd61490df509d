"""A backup of a running installation comes back whole, checked, and without those who were erased since."""

from __future__ import annotations

import asyncio
import json
import stat
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from include.interview.errors import BadInput, ServiceFailure, WrongKey
from include.security.keys import create_key_file
from include.settings import Settings, load_settings
from include.storage import open_stores
from tasks.backup import DATABASE, MANIFEST, OBJECTS, Manifest, drill, make_backup, read_manifest, restore
from tests.include.storage.conftest import NAME, enrol
from tests.support.schemas import sqlite_with_schema

pytestmark = pytest.mark.slow
AT = "2026-11-29T00:00:00+00:00"
SECRET = b"what was said, Zebulon"


def settings_of(home: Path) -> Settings:
    settings = load_settings({"TRIVIEW_HOME": str(home), "TRIVIEW_JUDGE": "offline"})
    sqlite_with_schema(home / "triview.db")
    return settings


class Installed:
    """An installation with two people, of whom each has an artifact; `backup` was made of it."""

    def __init__(self, folder: Path) -> None:
        self.settings = settings_of(folder / "home")
        create_key_file(self.settings.master_key_file)
        with open_stores(self.settings) as stores:
            self.people = [enrol(stores, name=f"{NAME} {number}") for number in range(2)]
            self.artifacts = [
                stores.artifacts.run(one.interview.id, "transcribe", [], lambda: SECRET) for one in self.people
            ]
            self.backup = folder / "backup"
            self.manifest = make_backup(stores, self.backup, AT)

    def elsewhere(self, home: Path) -> Settings:
        """Another, empty installation under the same master key."""
        made = load_settings({"TRIVIEW_HOME": str(home), "TRIVIEW_JUDGE": "offline"})
        return msgspec.structs.replace(made, master_key_file=self.settings.master_key_file)

    def erase(self, number: int) -> None:
        """Put a person on the erasure list, as every erasure does first: it is what a restore goes by."""
        with open_stores(self.settings) as stores:
            stores.erasure_list.add(self.people[number].candidate.id, AT)


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    return Installed(tmp_path)


def test_everything_comes_back_and_is_checked(installed: Installed, tmp_path: Path) -> None:
    there = installed.elsewhere(tmp_path / "there")
    done = asyncio.run(restore(there, installed.backup, {}))
    assert (done.keys, done.objects, done.missing, done.erased_again) == (2, installed.manifest.objects, (), 0)
    assert done.rows == sum(installed.manifest.rows.values())
    assert set(done.seconds) == {"database", "objects", "checks", "erasures", "answer index"}
    with open_stores(there) as stores:
        assert stores.artifacts.read(installed.artifacts[1]) == SECRET
        assert stores.candidates.get(installed.people[0].candidate.id).name == f"{NAME} 0"
        assert stores.audit.verify().intact


def test_nothing_of_a_person_and_no_key_can_be_read_in_it(installed: Installed) -> None:
    key = installed.settings.master_key_file.read_bytes().strip()
    for file in installed.backup.rglob("*"):
        mode = stat.S_IMODE(file.stat().st_mode)
        if file.is_dir():
            continue
        content = file.read_bytes()
        assert NAME.encode() not in content
        assert SECRET not in content
        assert key not in content
        if file.parent == installed.backup:
            assert mode == 0o600
    assert stat.S_IMODE(installed.backup.stat().st_mode) == 0o700


def test_who_was_erased_since_is_erased_again(installed: Installed) -> None:
    installed.erase(0)
    before = sorted(file.name for file in installed.backup.rglob("*"))
    done = asyncio.run(drill(installed.settings, installed.backup))
    assert (done.erased_again, done.keys, done.incomplete) == (1, 2, 0)
    assert sorted(file.name for file in installed.backup.rglob("*")) == before, "a drill changes no backup"
    assert not list(installed.settings.home.glob("triview-drill-*"))


def test_another_master_key_opens_nothing(installed: Installed, tmp_path: Path) -> None:
    there = msgspec.structs.replace(installed.elsewhere(tmp_path / "there"), master_key_file=tmp_path / "another.key")
    create_key_file(there.master_key_file)
    with pytest.raises(WrongKey):
        asyncio.run(restore(there, installed.backup, {}))


def test_what_was_changed_or_cut_off_is_no_backup(installed: Installed, tmp_path: Path) -> None:
    there = installed.elsewhere(tmp_path / "there")
    dump = installed.backup / DATABASE
    whole = dump.read_bytes()
    dump.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(BadInput, match="not what was written"):
        asyncio.run(restore(there, installed.backup, {}))
    dump.write_bytes(whole)
    forged = msgspec.structs.replace(read_manifest(installed.backup), audit_entries=1)
    (installed.backup / MANIFEST).write_bytes(msgspec.json.encode(forged))
    with pytest.raises(ServiceFailure, match="audit chain"):
        asyncio.run(restore(there, installed.backup, {}))
    (installed.backup / MANIFEST).unlink()
    with pytest.raises(BadInput) as caught:
        asyncio.run(restore(there, installed.backup, {}))
    assert caught.value.code == "no_backup"


def test_an_object_that_the_backup_lacks_is_named(installed: Installed, tmp_path: Path) -> None:
    objects = installed.backup / OBJECTS
    lost = next(file for file in sorted(objects.rglob("*")) if file.is_file())
    lost.unlink()
    done = asyncio.run(restore(installed.elsewhere(tmp_path / "there"), installed.backup, {}))
    assert done.missing == (str(lost.relative_to(objects)),)


def test_a_full_installation_and_an_old_folder_are_left_alone(installed: Installed) -> None:
    with pytest.raises(BadInput, match="not empty"):
        asyncio.run(restore(installed.settings, installed.backup, {}))
    with open_stores(installed.settings) as stores, pytest.raises(BadInput, match="there already"):
        make_backup(stores, installed.backup, AT)


def test_by_command_with_the_key_apart(installed: Installed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cli.app import app

    def run(*arguments: str, home: Path) -> tuple[int, str]:
        monkeypatch.setenv("TRIVIEW_HOME", str(home))
        done = CliRunner().invoke(app, list(arguments))
        return done.exit_code, done.stdout

    second, key = tmp_path / "second", tmp_path / "elsewhere.key"
    status, shown = run("backup", str(second), "--keys", str(key), "--json", home=installed.settings.home)
    assert status == 0, shown
    made = json.loads(shown)
    assert made["objects"] == 2
    assert msgspec.convert({k: v for k, v in made.items() if k != "folder"}, Manifest).audit_entries > 0
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert key.read_bytes() == installed.settings.master_key_file.read_bytes()
    status, shown = run("restore", str(second), "--keys", str(key), "--json", home=tmp_path / "new")
    assert status == 0, shown
    assert json.loads(shown)["keys"] == 2
    status, shown = run("restore", str(second), "--drill", home=installed.settings.home)
    assert status == 0
    assert "audit chain holds" in " ".join(shown.split())
