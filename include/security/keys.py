"""The master key, and one data key per candidate wrapped by it.

The master key never encrypts content: it only wraps data keys (XChaCha20-Poly1305), so rotating it means wrapping
the data keys again, and destroying one wrapped data key makes everything of one candidate unreadable.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
from pathlib import Path

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_ABYTES as TAG_BYTES,
)
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt as aead_decrypt,
)
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_encrypt as aead_encrypt,
)
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_NPUBBYTES as NONCE_BYTES,
)
from nacl.exceptions import CryptoError

from include.security.errors import CannotOpen, KeyProblem, OtherMasterKey

KEY_BYTES = 32
"""XChaCha20-Poly1305 key length."""

KEY_ID_BYTES = 8
"""Length of the public fingerprint that tells which master key wrapped a data key."""

WRAP_FORMAT = b"\x01"
WRAPPED_BYTES = len(WRAP_FORMAT) + KEY_ID_BYTES + NONCE_BYTES + KEY_BYTES + TAG_BYTES

OTHERS_MODE_BITS = 0o077
"""A key file that group or others may read is refused, as ssh does with private keys."""

CONTAINER_SECRETS = Path("/run/secrets")
"""Where container engines show secrets: to one container only, with a mode that is not the container's to choose."""

HOW_TO_MAKE = "Make one with: openssl rand -base64 32"


class _Secret:
    """32 bytes that no repr, log or traceback shows."""

    __slots__ = ("_raw",)

    def __init__(self, raw: bytes) -> None:
        if len(raw) != KEY_BYTES:
            raise KeyProblem(f"A key has {KEY_BYTES} bytes, this one has {len(raw)}.")
        self._raw = raw

    def reveal(self) -> bytes:
        """The bytes, for the cipher only."""
        return self._raw

    def __repr__(self) -> str:
        return f"{type(self).__name__}(hidden)"

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and secrets.compare_digest(self._raw, other._raw)

    def __hash__(self) -> int:
        return hash(self._raw)

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("Keys are not pickled.")


class MasterKey(_Secret):
    """The key that wraps data keys, and encrypts nothing else."""

    @property
    def id(self) -> str:
        """Public fingerprint of the key: 16 hex digits of a keyed BLAKE2b."""
        digest = hashlib.blake2b(key=self.reveal(), person=b"triview-key-id", digest_size=KEY_ID_BYTES)
        return digest.hexdigest()


class DataKey(_Secret):
    """The key of one candidate. Purposes get keys of their own derived from it (BLAKE2b, keyed)."""

    __slots__ = ("_derived",)

    def __init__(self, raw: bytes) -> None:
        super().__init__(raw)
        self._derived: dict[bytes, bytes] = {}

    def derive(self, purpose: bytes) -> bytes:
        """32 bytes of key for one purpose (at most 16 bytes of name), independent of those of other purposes."""
        derived = self._derived.get(purpose)
        if derived is None:
            derived = hashlib.blake2b(key=self.reveal(), person=purpose, digest_size=KEY_BYTES).digest()
            self._derived[purpose] = derived
        return derived


def new_master_key() -> MasterKey:
    """A master key of 32 bytes from the system's random source."""
    return MasterKey(secrets.token_bytes(KEY_BYTES))


def new_data_key() -> DataKey:
    """A data key of 32 bytes from the system's random source."""
    return DataKey(secrets.token_bytes(KEY_BYTES))


def parse_master_key(text: str) -> MasterKey:
    """The master key written as base64 of 32 bytes.

    Raises:
        KeyProblem: not base64, or not 32 bytes. The message never repeats the text.
    """
    try:
        raw = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise KeyProblem(f"The master key is not base64. {HOW_TO_MAKE}") from None
    if len(raw) != KEY_BYTES:
        raise KeyProblem(f"The master key must be base64 of {KEY_BYTES} bytes, not of {len(raw)}. {HOW_TO_MAKE}")
    return MasterKey(raw)


def read_master_key(text: str | None, file: Path) -> MasterKey:
    """The master key from `text` (a setting), or from `file` when `text` is None.

    Raises:
        KeyProblem: there is neither, the content is wrong, or the file may be read by other users.
    """
    if text is not None:
        return parse_master_key(text)
    try:
        mode = file.stat().st_mode
        content = file.read_text(encoding="ascii")
    except FileNotFoundError:
        raise KeyProblem(
            f"There is no master key: TRIVIEW_MASTER_KEY is not set and {file} does not exist. "
            "Run ./triview db upgrade once to create the file, or set the variable."
        ) from None
    except UnicodeDecodeError:
        raise KeyProblem(f"The key file {file} is not base64. {HOW_TO_MAKE}") from None
    except OSError as error:
        raise KeyProblem(f"The key file {file} cannot be read ({error.strerror}).") from error
    if mode & OTHERS_MODE_BITS and file.parent != CONTAINER_SECRETS:
        raise KeyProblem(f"The key file {file} can be read by other users. Run: chmod 600 {file}")
    return parse_master_key(content)


def create_key_file(file: Path) -> bool:
    """Create `file` with a new master key, mode 0600. Returns False, changing nothing, when it exists already.

    Atomic: the key is written to a temporary file beside it, synced and linked into place, so that no process ever
    sees half a key, and of two processes that try at once exactly one creates it.

    Raises:
        KeyProblem: the folder cannot be written.
    """
    temporary = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(base64.b64encode(new_master_key().reveal()) + b"\n")
                stream.flush()
                os.fsync(stream.fileno())
            os.link(temporary, file)
        finally:
            temporary.unlink(missing_ok=True)
    except FileExistsError:
        return False
    except OSError as error:
        raise KeyProblem(f"The key file {file} cannot be created ({error.strerror}).") from error
    return True


def wrap(master: MasterKey, data_key: DataKey, owner: str) -> bytes:
    """`data_key` sealed by `master` for the candidate `owner`: 81 bytes, safe to store."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    head = WRAP_FORMAT + bytes.fromhex(master.id)
    sealed = aead_encrypt(data_key.reveal(), head + owner.encode(), nonce, master.reveal())
    return head + nonce + sealed


def wrapped_by(wrapped: bytes) -> str:
    """The fingerprint of the master key that made `wrapped`.

    Raises:
        CannotOpen: not a wrapped key at all.
    """
    if len(wrapped) != WRAPPED_BYTES or not wrapped.startswith(WRAP_FORMAT):
        raise CannotOpen("The stored data key has an unknown format.")
    return wrapped[1 : 1 + KEY_ID_BYTES].hex()


def unwrap(master: MasterKey, wrapped: bytes, owner: str) -> DataKey:
    """The data key inside `wrapped`.

    Raises:
        OtherMasterKey: it was wrapped by another master key.
        CannotOpen: it was changed, or belongs to another candidate.
    """
    maker = wrapped_by(wrapped)
    if maker != master.id:
        raise OtherMasterKey(f"The data was encrypted under master key {maker}, but the configured one is {master.id}.")
    start = len(WRAP_FORMAT) + KEY_ID_BYTES
    nonce, sealed = wrapped[start : start + NONCE_BYTES], wrapped[start + NONCE_BYTES :]
    try:
        return DataKey(aead_decrypt(sealed, wrapped[:start] + owner.encode(), nonce, master.reveal()))
    except CryptoError:
        raise CannotOpen("The stored data key was changed or belongs to another candidate.") from None


def rewrap(old: MasterKey, new: MasterKey, wrapped: bytes, owner: str) -> bytes:
    """The data key inside `wrapped`, wrapped by `new` instead of `old`; encrypted content stays as it is.

    Raises:
        OtherMasterKey: it was wrapped by another key than `old`.
        CannotOpen: it was changed, or belongs to another candidate.
    """
    return wrap(new, unwrap(old, wrapped, owner), owner)
