"""The hash chain, against SHA-256 and JSON written out by hand."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.security.chain import GENESIS, canonical_json, link

pytestmark = pytest.mark.unit
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcé가", max_size=4), inner, max_size=4),
    max_leaves=12,
)


def test_canonical_json_is_the_documented_form() -> None:
    assert canonical_json({"b": [1, None, True], "a": "가\n"}) == '{"a":"가\\n","b":[1,null,true]}'


def test_a_link_is_sha256_over_the_one_before_and_the_entry() -> None:
    expected = hashlib.sha256((GENESIS + '\n{"a":1}').encode()).hexdigest()
    assert link(GENESIS, {"a": 1}) == expected


@given(entry=st.dictionaries(st.text("abc", max_size=3), PLAIN, max_size=5))
def test_the_order_of_keys_does_not_matter(entry: dict) -> None:
    turned = dict(reversed(entry.items()))
    assert canonical_json(entry) == canonical_json(turned)


@pytest.mark.parametrize("value", [1.0, {"a": [0.5]}, {1: "a"}, {"a": b"x"}, {"a": {2}}])
def test_what_has_no_single_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_json(value)  # type: ignore[arg-type]
