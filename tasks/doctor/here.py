"""Checks of this machine: versions, models, disk, permissions, the master key's file."""

from __future__ import annotations

import os
import re
import shutil
import stat
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

from include.models import verify
from include.security.errors import KeyProblem
from include.security.keys import read_master_key
from include.settings import PROJECT_ROOT, Settings
from tasks.doctor.findings import Finding, note, ok, wrong

PYTHON = (3, 11)
PROGRAMS = ("ffmpeg", "ffprobe")
LEAST_FREE_BYTES = 2 * 1024**3
"""Room for one recording of the largest size, and what is made from it."""
SCARCE = 0.10
"""Share of a disk that is left when somebody should know."""
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?==([\w.+-]+)")


def versions(requirements: Path = PROJECT_ROOT / "requirements.txt") -> Iterator[Finding]:
    """Python, the pinned packages, and the programs that are run."""
    here = sys.version_info[:2]
    if here != PYTHON:
        yield wrong("versions", f"Python is {here[0]}.{here[1]}.", "Triview needs Python 3.11: run `make setup`.")
    others = []
    pins = [PIN.match(line) for line in requirements.read_text("utf-8").splitlines()]
    for name, pinned in ((pin[1], pin[2]) for pin in pins if pin):
        try:
            found = metadata.version(name).partition("+")[0]
        except metadata.PackageNotFoundError:
            found = "missing"
        if found != pinned:
            others.append(f"{name} {found} (pinned {pinned})")
    if others:
        yield wrong("versions", f"Packages differ from requirements.txt: {', '.join(others)}.", "Run `make setup`.")
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        yield wrong("versions", f"Programs are missing: {', '.join(missing)}.", "Run `make setup`.")
    if not others and not missing and here == PYTHON:
        yield ok("versions", f"Python {here[0]}.{here[1]} and {sum(pin is not None for pin in pins)} pinned packages.")


def models(settings: Settings) -> Iterator[Finding]:
    """Every weight the product needs, by its hash."""
    checks = verify(["product"], settings.models_dir)
    for check in checks:
        if check.state != "ok":
            yield wrong("models", f"{check.file.path} is {check.state}.", "Run `./triview models fetch`.")
    if all(check.state == "ok" for check in checks):
        yield ok("models", f"{len(checks)} files have the registered hashes.")


def disk(settings: Settings) -> Iterator[Finding]:
    """Room where something is written: home, and the objects where they are a folder."""
    places = {"home": settings.home}
    if urlsplit(settings.storage_url).scheme in ("", "file"):
        places["objects"] = Path(urlsplit(settings.storage_url).path)
    for name, place in places.items():
        there = next((one for one in (place, *place.parents) if one.exists()), Path("/"))
        usage = shutil.disk_usage(there)
        said = f"{name}: {usage.free / 1e9:.1f} GB of {usage.total / 1e9:.1f} GB are free."
        if usage.free < LEAST_FREE_BYTES:
            yield wrong("disk", said, "Free space or enlarge the disk: recordings would be refused.")
        elif usage.free < SCARCE * usage.total:
            yield note("disk", said, "Plan for more space; `./triview retention --dry-run` says what goes when.")
        else:
            yield ok("disk", said)


def permissions(settings: Settings) -> Iterator[Finding]:
    """Home is private and can be written, and so is what was decrypted into it."""
    home = settings.home
    if not home.is_dir():
        yield wrong("permissions", f"{home} does not exist.", "Run `./triview db upgrade` once, or set TRIVIEW_HOME.")
        return
    faults = []
    if not os.access(home, os.W_OK | os.X_OK):
        faults.append(wrong("permissions", f"{home} cannot be written by this user.", "Give it to the service's user."))
    for place in (home / "open", home / "triview.db", home / "objects"):
        if place.exists() and stat.S_IMODE(place.stat().st_mode) & 0o007 and stat.S_IMODE(home.stat().st_mode) & 0o001:
            faults.append(wrong("permissions", f"{place} is open to every user.", f"Run: chmod o-rwx {place}"))
    yield from faults or [ok("permissions", f"{home} is private and can be written.")]


def master_key(settings: Settings) -> Iterator[Finding]:
    """There is a master key, and nobody else can read its file."""
    try:
        key = read_master_key(settings.master_key, settings.master_key_file)
    except KeyProblem as problem:
        yield wrong("keys", str(problem), "Bring the key from where it is kept; a new one opens nothing.")
        return
    yield ok("keys", f"The master key is {key.id}.")
