"""Keys: made once, private, wrapped for one owner, rotated without touching content."""

from __future__ import annotations

import base64
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.security.errors import CannotOpen, KeyProblem, OtherMasterKey
from include.security.keys import (
    WRAPPED_BYTES,
    MasterKey,
    create_key_file,
    new_data_key,
    new_master_key,
    parse_master_key,
    read_master_key,
    rewrap,
    unwrap,
    wrap,
    wrapped_by,
)

pytestmark = pytest.mark.unit
ROOT = Path(__file__).parents[3]


def test_key_file_is_private_and_never_replaced(tmp_path: Path) -> None:
    file = tmp_path / "new" / "master.key"
    assert create_key_file(file) is True
    first = file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(base64.b64decode(first)) == 32
    assert create_key_file(file) is False
    assert file.read_text() == first
    assert list(file.parent.iterdir()) == [file]
    assert read_master_key(None, file) == parse_master_key(first)


def test_of_processes_that_create_the_key_at_once_exactly_one_does(tmp_path: Path) -> None:
    code = (
        "import sys,pathlib;from include.security.keys import create_key_file as c;print(c(pathlib.Path(sys.argv[1])))"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "k")], stdout=subprocess.PIPE, cwd=ROOT, text=True)
        for _ in range(4)
    ]
    answers = sorted(process.communicate()[0].strip() for process in running)
    assert answers == ["False", "False", "False", "True"]


@pytest.mark.parametrize(
    ("text", "says"),
    [("nonsense!", "not base64"), (base64.b64encode(b"short").decode(), "32 bytes, not of 5"), ("", "not of 0")],
)
def test_unusable_keys_are_named_without_being_shown(text: str, says: str) -> None:
    with pytest.raises(KeyProblem, match=says) as caught:
        parse_master_key(text)
    assert not text or text not in str(caught.value)


def test_missing_and_readable_key_files_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "k"
    with pytest.raises(KeyProblem, match="TRIVIEW_MASTER_KEY is not set"):
        read_master_key(None, file)
    create_key_file(file)
    file.chmod(0o644)
    with pytest.raises(KeyProblem, match="chmod 600"):
        read_master_key(None, file)


def test_keys_show_themselves_nowhere() -> None:
    key = new_master_key()
    assert repr(key) == "MasterKey(hidden)"
    with pytest.raises(TypeError):
        pickle.dumps(key)
    with pytest.raises(KeyProblem, match="32 bytes"):
        MasterKey(b"short")


@given(owner=st.text(min_size=1), other=st.text(min_size=1))
def test_a_wrapped_key_opens_for_its_owner_only(owner: str, other: str) -> None:
    master, data = new_master_key(), new_data_key()
    wrapped = wrap(master, data, owner)
    assert len(wrapped) == WRAPPED_BYTES
    assert wrapped_by(wrapped) == master.id
    assert unwrap(master, wrapped, owner) == data
    if other != owner:
        with pytest.raises(CannotOpen, match="another candidate"):
            unwrap(master, wrapped, other)


@given(position=st.integers(0, WRAPPED_BYTES - 1), bit=st.integers(0, 7))
def test_any_changed_bit_of_a_wrapped_key_is_noticed(position: int, bit: int) -> None:
    master = new_master_key()
    wrapped = bytearray(wrap(master, new_data_key(), "c"))
    wrapped[position] ^= 1 << bit
    with pytest.raises(CannotOpen):
        unwrap(master, bytes(wrapped), "c")


def test_rotation_keeps_the_data_key_and_shuts_the_old_master_out() -> None:
    old, new, data = new_master_key(), new_master_key(), new_data_key()
    wrapped = rewrap(old, new, wrap(old, data, "c"), "c")
    assert unwrap(new, wrapped, "c") == data
    with pytest.raises(OtherMasterKey, match=f"{new.id}.*{old.id}"):
        unwrap(old, wrapped, "c")
