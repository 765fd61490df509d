"""The hash chain of the audit trail: canonical JSON and SHA-256, so that other tools can check it.

hash(n) = SHA-256( hash(n-1) as 64 hex digits · newline · canonical JSON of entry n ).
Canonical JSON: keys sorted, no spaces, UTF-8, no NaN (the subset of RFC 8785 that strings, integers, booleans and
null need; floats are refused, because their canonical form is where implementations differ).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

GENESIS = "0" * 64
"""The hash before the first entry."""

Plain = str | int | bool | None | Sequence["Plain"] | Mapping[str, "Plain"]


def canonical_json(value: Plain) -> str:
    """`value` as canonical JSON.

    Raises:
        TypeError: a float, or anything JSON does not know.
    """
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise TypeError("Audit entries hold no floats: write the number as text.")
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError("Audit entries have text keys only.")
            _refuse_floats(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _refuse_floats(item)


def link(previous: str, entry: Mapping[str, Plain]) -> str:
    """The hash (64 hex digits) of `entry` behind the entry whose hash is `previous`.

    Raises:
    TypeError: the entry holds a float, or anything JSON does not know.
    """
    return hashlib.sha256(f"{previous}\n{canonical_json(entry)}".encode()).hexdigest()
