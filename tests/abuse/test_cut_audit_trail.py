"""Somebody with the database in hand shortens, empties or replaces the audit trail, and mends its recorded end."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from include.interview.errors import ServiceFailure
from include.interview.privacy.audit_heads import AuditHead, SignedHead
from include.security import signatures
from include.security.chain import GENESIS
from include.security.keys import new_master_key, read_master_key
from include.settings import Settings, load_settings
from include.storage import Stores, open_stores
from include.storage.objects.audit_heads import FOLDER, head_bytes
from tasks.administration import prepare_home
from tasks.privacy.keys import rotate
from tests.support.schemas import sqlite_with_schema

pytestmark = pytest.mark.unit


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = load_settings({"TRIVIEW_HOME": str(tmp_path / "home")})
    prepare_home(made)
    sqlite_with_schema(Path(made.db_url.removeprefix("sqlite:///")))
    return made


@pytest.fixture
def stores(settings: Settings) -> Iterator[Stores]:
    """Ten entries, signed; five more, signed; three that are not yet."""
    with open_stores(settings) as opened:
        _write(opened, 10)
        opened.audit_heads.sign()
        _write(opened, 5)
        opened.audit_heads.sign()
        _write(opened, 3)
        yield opened


def _write(stores: Stores, count: int) -> None:
    for number in range(count):
        stores.record("test.act", "x:1", {"n": number})


def _cut(stores: Stores, keep: int) -> None:
    """Keep the first entries, and mend the recorded end as somebody would who does not want to be found out."""
    with stores.db.begin() as connection:
        connection.execute(text("DELETE FROM audit_entries WHERE seq > :seq"), {"seq": keep})
        found = connection.execute(text("SELECT hash FROM audit_entries WHERE seq = :seq"), {"seq": keep}).scalar()
        last = found or GENESIS
        connection.execute(text("UPDATE audit_head SET seq = :seq, hash = :hash"), {"seq": keep, "hash": last})


def _heads(stores: Stores) -> tuple[str, ...]:
    return stores.objects.names_in(FOLDER)


def test_a_whole_trail_holds_and_says_up_to_where_it_was_signed(stores: Stores) -> None:
    report = stores.audit_heads.verify()
    assert (report.intact, report.entries, report.signed, report.signed_through) == (True, 20, 2, 16)


@pytest.mark.parametrize(("keep", "broken"), [(15, 16), (11, 12), (7, 8), (0, 1)])
def test_entries_cut_off_the_end_are_missed(stores: Stores, keep: int, broken: int) -> None:
    _cut(stores, keep)
    assert stores.audit.verify().intact, "the chain by itself does not tell"
    report = stores.audit_heads.verify()
    assert (report.intact, report.broken_at) == (False, broken)
    assert "was signed on" in (report.reason or "")
    with pytest.raises(ServiceFailure) as refused:
        stores.audit_heads.sign()
    assert refused.value.code == "audit_broken"
    assert len(_heads(stores)) == 2


def test_entries_written_anew_after_the_cut_do_not_pass_for_the_old_ones(stores: Stores) -> None:
    _cut(stores, 12)
    _write(stores, 30)
    report = stores.audit_heads.verify()
    assert (report.intact, report.broken_at) == (False, 16)


def test_an_older_database_is_noticed_until_its_operator_says_that_it_was_restored(
    settings: Settings, tmp_path: Path
) -> None:
    file = Path(settings.db_url.removeprefix("sqlite:///"))
    with open_stores(settings) as stores:
        _write(stores, 4)
        stores.audit_heads.sign()
        stores.db.dispose()
        shutil.copy(file, tmp_path / "backup.db")
        _write(stores, 4)
        stores.audit_heads.sign()
    for rest in file.parent.glob(f"{file.name}*"):
        rest.unlink()
    shutil.copy(tmp_path / "backup.db", file)
    with open_stores(settings) as stores:
        report = stores.audit_heads.verify()
        assert (report.intact, report.broken_at) == (False, 6)
        stores.audit_heads.sign(restored=True)
        assert stores.audit_heads.verify().intact
        assert [entry.detail for entry in stores.audit.entries() if entry.action == "audit.restored"] == [
            '{"seqs":[9]}'
        ]
        _cut(stores, 5)
        assert not stores.audit_heads.verify().intact, "saying so is an entry like every other"


@pytest.mark.parametrize("which", [0, -1])
def test_a_head_that_was_removed_is_missed(stores: Stores, which: int) -> None:
    stores.objects.remove(_heads(stores)[which])
    report = stores.audit_heads.verify()
    assert (report.intact, report.broken_at) == (False, (10, 16)[which])
    assert "missing from the object store" in (report.reason or "")


def test_an_emptied_trail_without_any_head_does_not_pass_for_a_new_one(stores: Stores) -> None:
    stores.candidates.create("Zebulon")
    for name in _heads(stores):
        stores.objects.remove(name)
    _cut(stores, 0)
    report = stores.audit_heads.verify()
    assert (report.intact, report.broken_at) == (False, 1)


def _changed(signed: SignedHead) -> SignedHead:
    return msgspec.structs.replace(signed, head=msgspec.structs.replace(signed.head, hash="f" * 64))


def _resigned(signed: SignedHead) -> SignedHead:
    other = new_master_key()
    head = AuditHead(signed.head.seq, "f" * 64, signed.head.at)
    return SignedHead(head, signatures.public_key(other), signatures.sign(other, head_bytes(head)))


@pytest.mark.parametrize("forged", [_changed, _resigned])
def test_a_forged_head_does_not_pass(stores: Stores, forged: Callable[[SignedHead], SignedHead]) -> None:
    name = _heads(stores)[-1]
    with stores.objects.reader(name) as stream:
        signed = msgspec.json.decode(stream.read(), type=SignedHead)
    stores.objects.put(name, [msgspec.json.encode(forged(signed))])
    assert stores.audit_heads.verify().broken_at == 16
    stores.objects.put(name, [b"{}"])
    assert stores.audit_heads.verify().broken_at == 16


def test_a_head_noted_elsewhere_finds_what_took_the_heads_along(stores: Stores) -> None:
    noted = {17: stores.audit.entries()[16].hash}
    assert stores.audit_heads.verify(noted).intact
    stores.objects.remove(_heads(stores)[-1])
    _cut(stores, 11)
    assert stores.audit_heads.verify().intact, "all that is left fits together"
    assert stores.audit_heads.verify(noted).broken_at == 12


def test_heads_hold_beyond_a_rotation_of_the_master_key(settings: Settings, stores: Stores) -> None:
    rotate(stores, settings)
    with open_stores(settings) as after:
        assert after.audit_heads.verify().intact
        signed = after.audit_heads.sign()
        assert after.audit_heads.verify().signed == 3
        master = read_master_key(settings.master_key, settings.master_key_file)
        assert signed.public_key == signatures.public_key(master)
        _cut(after, 12)
        assert not after.audit_heads.verify().intact
