"""One column value, sealed by XChaCha20-Poly1305 with the row's identity as associated data."""

from __future__ import annotations

import json
import secrets
from functools import lru_cache
from json.encoder import encode_basestring_ascii

from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_ABYTES as TAG_BYTES
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt as aead_decrypt
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_encrypt as aead_encrypt
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_NPUBBYTES as NONCE_BYTES
from nacl.exceptions import CryptoError

from include.security.errors import CannotOpen
from include.security.keys import DataKey

FIELD_FORMAT = b"\x01"
FIELD_PURPOSE = b"triview-field"


def _place(table: str, column: str, row: str) -> bytes:
    """Unambiguous bytes for a place: a JSON list, so that no choice of names can make two places alike."""
    return b"%b%b]" % (_place_before_row(table, column), encode_basestring_ascii(row).encode())


@lru_cache(maxsize=256)
def _place_before_row(table: str, column: str) -> bytes:
    """Names come back thousands of times a second, rows do not."""
    return FIELD_FORMAT + json.dumps([table, column, ""], ensure_ascii=True).removesuffix('""]').encode()


def seal_field(key: DataKey, value: bytes, *, table: str, column: str, row: str) -> bytes:
    """`value` sealed for `table.column` of row `row`: 41 bytes longer than `value`."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return FIELD_FORMAT + nonce + aead_encrypt(value, _place(table, column, row), nonce, key.derive(FIELD_PURPOSE))


def open_field(key: DataKey, sealed: bytes, *, table: str, column: str, row: str) -> bytes:
    """The value inside `sealed`.

    Raises:
        CannotOpen: changed bytes, another key, or moved from another row, column or table.
    """
    start = len(FIELD_FORMAT) + NONCE_BYTES
    if len(sealed) < start + TAG_BYTES or not sealed.startswith(FIELD_FORMAT):
        raise CannotOpen(f"A value in {table}.{column} has an unknown format.")
    nonce = sealed[len(FIELD_FORMAT) : start]
    try:
        return aead_decrypt(sealed[start:], _place(table, column, row), nonce, key.derive(FIELD_PURPOSE))
    except CryptoError:
        raise CannotOpen(f"A value in {table}.{column} was changed, moved, or sealed under another key.") from None
