"""Which part of a file a request asks for: every header gives a part of it, the whole, or a refusal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live_gateway.byte_ranges import Part, RangeRefused, requested_part

pytestmark = pytest.mark.unit
ETAG = '"an id"'
SIZES = st.integers(1, 2**40)


@given(size=SIZES, data=st.data())
def test_a_range_within_the_file_is_that_range(size: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, size - 1))
    last = data.draw(st.integers(first, size - 1))
    assert requested_part(f"bytes={first}-{last}", None, ETAG, size) == Part(first, last + 1, size)
    assert requested_part(f"bytes={first}-", ETAG, ETAG, size) == Part(first, size, size)
    assert requested_part(f"bytes=-{size - first}", None, ETAG, size) == Part(first, size, size)


@given(size=SIZES, more=st.integers(0, 10**20))
def test_what_reaches_behind_the_end_stops_there(size: int, more: int) -> None:
    assert requested_part(f"bytes=0-{size + more}", None, ETAG, size) == Part(0, size, size)
    assert requested_part(f"bytes=-{size + more}", None, ETAG, size) == Part(0, size, size)
    with pytest.raises(RangeRefused) as refused:
        requested_part(f"bytes={size + more}-", None, ETAG, size)
    assert refused.value.size == size


@given(header=st.text(max_size=120), size=SIZES)
def test_any_header_at_all_is_answered_or_refused(header: str, size: int) -> None:
    for asked in (header, f"bytes={header}"):
        try:
            part = requested_part(asked, None, ETAG, size)
        except RangeRefused:
            continue
        assert part is None or 0 <= part.start < part.stop <= size


@pytest.mark.parametrize(
    "header",
    [
        *("bytes=", "bytes=-", "bytes=-0", "bytes=5-4", "bytes=a-b", "bytes=0x1-2", "bytes=1.0-2", "bytes=0-0,1-1"),
        *("bytes=0-,0-,0-,0-", "bytes=--1", "bytes=+1-2", "bytes", "bytes=\u0661-\u0662", "bytes=0-" + "9" * 200),
    ],
)
def test_hostile_ranges_are_refused(header: str) -> None:
    with pytest.raises(RangeRefused):
        requested_part(header, None, ETAG, 1000)


OTHERS = [
    ("items=0-1", None),
    ("bytes=0-1", '"x"'),
    ("bytes=0-1", "W/" + ETAG),
    ("bytes=0-1", "Sun, 29 Nov 2026 10:00:00 GMT"),
    (None, None),
]


@pytest.mark.parametrize(("header", "if_range"), OTHERS)
def test_other_units_and_other_versions_get_the_whole(header: str | None, if_range: str | None) -> None:
    assert requested_part(header, if_range, ETAG, 1000) is None
