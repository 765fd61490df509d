"""The images of the composed system: official ones where a registry answers, else stand-ins built from Debian."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from cli.compose.engine import BUILD_S, Engine
from include.interview.errors import ServiceFailure

HERE = Path(__file__).parent / "images"
REGISTRY = "https://registry-1.docker.io/v2/"
REGISTRY_S = 5.0
DEBIAN = "http://deb.debian.org/debian"
OFFICIAL_BASE = "docker.io/library/python:3.11-slim-bookworm"
OFFICIAL_DEBIAN = "docker.io/library/debian:bookworm-slim"
MADE_BASE = "localhost/triview-debian-python:bookworm"
TRIVIEW = "localhost/triview:0.1.0"
STAND_INS = ("mysql", "redis")
PACKAGES = "ca-certificates,python3,python3-venv,python3-pip"

Say = Callable[[str], None]


def registry_answers() -> bool:
    """True when Docker's registry can be asked for images (it answers 401 to strangers)."""
    try:
        urllib.request.urlopen(REGISTRY, timeout=REGISTRY_S).close()
    except urllib.error.HTTPError:
        return True
    except (urllib.error.URLError, OSError):
        return False
    return True


def build_images(engine: Engine, root: Path, say: Say, base: str | None = None) -> dict[str, str]:
    """Service -> image, for every service whose image is not the one that docker-compose.yaml names.

    Args:
        base: a Debian 12 with Python 3.11 to build on; None: the official one, or one made by debootstrap.

    Raises:
        ServiceFailure: an image cannot be built; with the end of the builder's output.
    """
    official = registry_answers()
    base = base or (OFFICIAL_BASE if official else made_base(engine, say))
    say(f"building {TRIVIEW} on {base}")
    engine.build(TRIVIEW, root, BASE_IMAGE=base)
    images = {"proxy": _stand_in(engine, "proxy", OFFICIAL_DEBIAN if official else base, say)}
    if not official:
        images |= {name: _stand_in(engine, name, base, say) for name in STAND_INS}
    for service in TRIVIEW_SERVICES:
        images[service] = TRIVIEW
    return images


TRIVIEW_SERVICES = (
    "chroma",
    "init",
    "api-server",
    "scheduler",
    "dag-processor",
    "triggerer",
    "worker",
    "gateway",
    "gateway-2",
)


def _stand_in(engine: Engine, name: str, base: str, say: Say) -> str:
    tag = f"localhost/triview-test-{name}:bookworm"
    say(f"building {tag}")
    engine.build(tag, HERE / name, BASE_IMAGE=base)
    return tag


def made_base(engine: Engine, say: Say) -> str:
    """A Debian 12 with Python, by debootstrap, kept for the next time.

    Raises:
        ServiceFailure: there is no debootstrap, it is not run as root, or it failed.
    """
    if engine.run("image", "inspect", MADE_BASE, check=False).returncode == 0:
        return MADE_BASE
    if shutil.which("debootstrap") is None:
        raise ServiceFailure(
            "No registry answers and there is no debootstrap to make a base image with.",
            "Install debootstrap, or name a base image by --base.",
        )
    say("no registry answers: making a base image by debootstrap")
    with tempfile.TemporaryDirectory(prefix="triview-base-") as folder:
        made = Path(folder)
        done = subprocess.run(
            ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm", str(made / "root"), DEBIAN],
            capture_output=True,
            text=True,
            check=False,
            timeout=BUILD_S,
        )
        if done.returncode:
            raise ServiceFailure(f"debootstrap failed.\n{done.stdout[-2000:]}", "It needs root and Debian's mirror.")
        packed = made / "base.tar"
        subprocess.run(["tar", "-C", str(made / "root"), "-cf", str(packed), "."], check=True, capture_output=True)
        engine.run("import", str(packed), MADE_BASE, timeout_s=BUILD_S)
    return MADE_BASE
