"""Signatures of the installation (Ed25519, RFC 8032): the key pair is derived from the master key, never stored."""

from __future__ import annotations

import base64
import binascii
import hashlib

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from include.security.keys import KEY_BYTES, MasterKey

PURPOSE = b"triview-signing"


def _signing_key(master: MasterKey) -> SigningKey:
    return SigningKey(hashlib.blake2b(key=master.reveal(), person=PURPOSE, digest_size=KEY_BYTES).digest())


def public_key(master: MasterKey) -> str:
    """The installation's public key: 32 bytes, base64."""
    return base64.b64encode(bytes(_signing_key(master).verify_key)).decode()


def sign(master: MasterKey, message: bytes) -> str:
    """The signature of `message`: 64 bytes, base64."""
    return base64.b64encode(_signing_key(master).sign(message).signature).decode()


def verify(public: str, message: bytes, signature: str) -> bool:
    """True when `signature` (base64) is that of `message` under the public key `public` (base64)."""
    try:
        key = VerifyKey(base64.b64decode(public, validate=True))
        key.verify(message, base64.b64decode(signature, validate=True))
    except (BadSignatureError, binascii.Error, ValueError, TypeError):
        return False
    return True
