"""A virtual environment per peer, below the cache, made once. Nothing of a peer enters the project's environment."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from include.settings import PROJECT_ROOT

INSTALL_TIMEOUT_S = 900


class PeerUnavailable(RuntimeError):
    """A peer could not be installed or started; the text says why. The benchmark goes on without it and says so."""


def cache_folder() -> Path:
    """The folder that holds the peers' virtual environments."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "triview" / "peers"


def _uv() -> str:
    own = PROJECT_ROOT / ".tools" / "uv" / "bin" / "uv"
    found = str(own) if own.is_file() else shutil.which("uv")
    if found is None:
        raise PeerUnavailable("uv is not there; run `make setup-dev`.")
    return found


def _find_links() -> dict[str, str]:
    """Where pip looks for packages (a CPU build of torch, say), handed on because uv reads no pip.conf."""
    if os.environ.get("UV_FIND_LINKS"):
        return {}
    asked = subprocess.run(
        [sys.executable, "-m", "pip", "config", "get", "global.find-links"], capture_output=True, text=True, check=False
    )
    value = ",".join(asked.stdout.split())
    return {"UV_FIND_LINKS": value} if asked.returncode == 0 and value else {}


def environment(name: str, requirements: Sequence[str], alone: Sequence[str] = ()) -> Path:
    """The Python interpreter of an environment with `requirements` installed, made on first use.

    `alone` are installed without their own dependencies.

    Raises:
        PeerUnavailable: the packages cannot be installed.
    """
    stamp_text = hashlib.sha256("\n".join([*requirements, "--", *alone]).encode()).hexdigest()
    folder = cache_folder() / name
    python, stamp = folder / "bin" / "python", folder / ".stamp"
    if python.exists() and stamp.is_file() and stamp.read_text() == stamp_text:
        return python
    uv, env = _uv(), {**os.environ, **_find_links()}
    folder.parent.mkdir(parents=True, exist_ok=True)
    steps: list[list[str]] = [
        [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)],
        [uv, "pip", "install", "--quiet", "--python", str(python), *requirements],
    ]
    if alone:
        steps.append([uv, "pip", "install", "--quiet", "--python", str(python), "--no-deps", *alone])
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True, env=env, timeout=INSTALL_TIMEOUT_S, check=False)
        if done.returncode:
            raise PeerUnavailable(f"{name} could not be installed: {done.stderr.strip().splitlines()[-1:]}")
    stamp.write_text(stamp_text)
    return python
