"""Fields and streams: what was sealed comes back, and nothing else is ever taken for it."""

from __future__ import annotations

import hashlib
import io
import json
import random
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl import bindings as sodium

from include.security.errors import CannotOpen
from include.security.fields import open_field, seal_field
from include.security.keys import new_data_key
from include.security.streams import (
    FRAME_OVERHEAD,
    HEADER_BYTES,
    MAGIC,
    PIECE_BYTES,
    open_part,
    open_stream,
    seal_stream,
)

pytestmark = pytest.mark.unit
KEY = new_data_key()
HEAD = len(MAGIC) + HEADER_BYTES
FRAME = PIECE_BYTES + FRAME_OVERHEAD
PLACE = {"table": "t", "column": "c", "row": "r"}


def opened(sealed: bytes, place: str = "p") -> bytes:
    return b"".join(open_stream(KEY, io.BytesIO(sealed).read, place=place))


def sealed_of(content: bytes) -> bytes:
    return b"".join(seal_stream(KEY, [content], place="p"))


@given(value=st.binary(max_size=2000))
def test_fields_come_back(value: bytes) -> None:
    assert open_field(KEY, seal_field(KEY, value, **PLACE), **PLACE) == value


@given(table=st.text(max_size=20), column=st.text(max_size=20), row=st.text(max_size=40))
def test_a_field_is_bound_to_its_place_as_a_json_list(table: str, column: str, row: str) -> None:
    sealed = seal_field(KEY, b"v", table=table, column=column, row=row)
    place = b"\x01" + json.dumps([table, column, row]).encode()
    key = hashlib.blake2b(key=KEY.reveal(), person=b"triview-field", digest_size=32).digest()
    opened = sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(sealed[25:], place, sealed[1:25], key)
    assert (sealed[:1], opened) == (b"\x01", b"v")


def test_field_ciphertexts_never_repeat() -> None:
    assert len({seal_field(KEY, b"same", **PLACE) for _ in range(100)}) == 100


@pytest.mark.parametrize("moved", [{"table": "x"}, {"column": "x"}, {"row": "x"}, {"table": "t\x00c", "column": ""}])
def test_a_field_moved_elsewhere_does_not_open(moved: dict[str, str]) -> None:
    sealed = seal_field(KEY, b"v", **PLACE)
    with pytest.raises(CannotOpen):
        open_field(KEY, sealed, **{**PLACE, **moved})
    with pytest.raises(CannotOpen):
        open_field(new_data_key(), sealed, **PLACE)


@given(data=st.data())
def test_any_change_of_a_field_is_noticed(data: st.DataObject) -> None:
    sealed = bytearray(seal_field(KEY, b"some words", **PLACE))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(CannotOpen):
        open_field(KEY, bytes(sealed), **PLACE)
    with pytest.raises(CannotOpen):
        open_field(KEY, bytes(sealed[: data.draw(st.integers(0, len(sealed) - 1))]), **PLACE)


@pytest.mark.parametrize(
    "size", [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES, 3 * PIECE_BYTES + 17]
)
def test_streams_of_every_size_come_back(size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    assert opened(sealed_of(content[:size])) == content[:size]


@settings(max_examples=30)
@given(chunks=st.lists(st.binary(max_size=3000), max_size=20), times=st.integers(1, 200))
def test_streams_come_back_however_they_are_cut(chunks: list[bytes], times: int) -> None:
    assert opened(b"".join(seal_stream(KEY, chunks * times, place="p"))) == b"".join(chunks * times)


def test_libsodium_itself_reads_the_frames() -> None:
    """The layout is what its documentation says: an independent reader built on libsodium alone opens it."""
    content = b"x" * (PIECE_BYTES + 5)
    sealed = sealed_of(content)
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, sealed[4:28], KEY.derive(b"triview-stream"))
    first, tag = sodium.crypto_secretstream_xchacha20poly1305_pull(state, sealed[28 : 28 + 262144 + 17], b"p")
    last, final = sodium.crypto_secretstream_xchacha20poly1305_pull(state, sealed[28 + 262144 + 17 :], b"p")
    assert (first + last, tag, final) == (content, 0, 3)


THREE = sealed_of(b"a" * PIECE_BYTES + b"b" * PIECE_BYTES + b"c" * 100)
FRAMES = [THREE[HEAD : HEAD + FRAME], THREE[HEAD + FRAME : HEAD + 2 * FRAME], THREE[HEAD + 2 * FRAME :]]


@pytest.mark.parametrize(
    "forged",
    [
        b"",
        THREE[:HEAD],
        THREE[: HEAD - 1],
        THREE[: HEAD + FRAME],
        THREE[: HEAD + 2 * FRAME],
        THREE[:-1],
        THREE + b"\x00",
        THREE + FRAMES[2],
        THREE[:HEAD] + FRAMES[1] + FRAMES[0] + FRAMES[2],
        THREE[:HEAD] + FRAMES[0] + FRAMES[0] + FRAMES[2],
        THREE[:HEAD] + FRAMES[0] + FRAMES[2],
        b"plain text that was never sealed, of some length",
    ],
    ids=[
        *("empty", "header only", "half a header", "one frame", "two frames", "one byte short", "one byte more"),
        *("frame behind the end", "swapped", "repeated", "left out", "not sealed"),
    ],
)
def test_cut_reordered_and_extended_streams_are_refused(forged: bytes) -> None:
    with pytest.raises(CannotOpen):
        opened(forged)


def test_a_stream_elsewhere_or_under_another_key_is_refused() -> None:
    with pytest.raises(CannotOpen):
        opened(THREE, place="q")
    with pytest.raises(CannotOpen):
        list(open_stream(new_data_key(), io.BytesIO(THREE).read, place="p"))


@settings(max_examples=60)
@given(data=st.data())
def test_any_changed_byte_of_a_stream_is_noticed(data: st.DataObject) -> None:
    sealed = bytearray(sealed_of(b"words " * 20))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(CannotOpen):
        opened(bytes(sealed))


CONTENT = random.Random(5).randbytes(3 * PIECE_BYTES + 4321)  # noqa: S311 - test content, not a key
SEALED = sealed_of(CONTENT)


def part_of(sealed: bytes, start: int, stop: int, size: int = len(CONTENT), chain: list[bytes] | None = None) -> bytes:
    def read_at(offset: int, count: int) -> bytes:
        return sealed[offset : offset + count]

    return b"".join(open_part(KEY, read_at, place="p", size=size, start=start, stop=stop, chain=chain))


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_part_of_a_stream_is_what_the_whole_has_there(data: st.DataObject) -> None:
    edges = st.sampled_from([0, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES, len(CONTENT) - 1])
    start = data.draw(edges | st.integers(0, len(CONTENT) - 1))
    stop = data.draw(st.just(start + 1) | st.integers(start + 1, len(CONTENT)))
    chain: list[bytes] = []
    assert part_of(SEALED, start, stop, chain=chain) == CONTENT[start:stop]
    assert part_of(SEALED, start, stop, chain=chain) == CONTENT[start:stop]
    assert len(chain) == start // PIECE_BYTES + 1


@pytest.mark.parametrize("size", [1, PIECE_BYTES, 2 * PIECE_BYTES, 2 * PIECE_BYTES + 1])
def test_the_last_byte_of_streams_of_whole_pieces_is_there(size: int) -> None:
    assert part_of(sealed_of(CONTENT[:size]), size - 1, size, size) == CONTENT[size - 1 : size]


def test_a_part_reads_its_own_frames_and_only_the_authenticators_before_them() -> None:
    read: list[tuple[int, int]] = []

    def read_at(offset: int, count: int) -> bytes:
        read.append((offset, count))
        return SEALED[offset : offset + count]

    list(open_part(KEY, read_at, place="p", size=len(CONTENT), start=2 * PIECE_BYTES, stop=2 * PIECE_BYTES + 9))
    assert [one for one in read if one[1] > HEAD] == [(HEAD + 2 * FRAME, FRAME)]
    assert sum(count for _, count in read) < FRAME + 100


@pytest.mark.parametrize(
    "forged",
    [
        SEALED[:HEAD]
        + SEALED[HEAD + FRAME : HEAD + 2 * FRAME]
        + SEALED[HEAD : HEAD + FRAME]
        + SEALED[HEAD + 2 * FRAME :],
        SEALED[:HEAD] + SEALED[HEAD + FRAME :],
        SEALED[: HEAD + FRAME],
        SEALED[:HEAD],
        b"plain text",
    ],
    ids=["swapped", "left out", "cut", "header only", "not sealed"],
)
def test_a_part_of_a_changed_stream_is_refused(forged: bytes) -> None:
    with pytest.raises(CannotOpen):
        part_of(forged, PIECE_BYTES, PIECE_BYTES + 10)


def test_a_part_of_another_length_key_or_place_is_refused() -> None:
    for size in (len(CONTENT) + PIECE_BYTES, 2 * PIECE_BYTES):
        with pytest.raises(CannotOpen):
            part_of(SEALED, size - 1, size, size)
    for key, place in ((new_data_key(), "p"), (KEY, "q")):
        with pytest.raises(CannotOpen):
            list(open_part(key, lambda at, n: SEALED[at : at + n], place=place, size=len(CONTENT), start=0, stop=1))


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_any_changed_byte_of_the_frames_of_a_part_is_noticed(data: st.DataObject) -> None:
    sealed = bytearray(SEALED)
    sealed[data.draw(st.integers(HEAD + FRAME, HEAD + 2 * FRAME - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(CannotOpen):
        part_of(bytes(sealed), PIECE_BYTES, PIECE_BYTES + 1)


def test_memory_does_not_grow_with_the_stream() -> None:
    def peak(pieces: int) -> int:
        def source() -> Iterator[bytes]:
            for _ in range(pieces):
                yield bytes(PIECE_BYTES)

        tracemalloc.start()
        total = sum(len(part) for part in seal_stream(KEY, source(), place="p"))
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert total > pieces * PIECE_BYTES
        return used

    assert peak(80) < 1.2 * peak(8)
