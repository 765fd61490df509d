"""docker-compose.yaml as `make compose-test` runs it: the same services, and beside them what a test needs."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import msgspec

SECOND = "gateway-2"
PROXY = "proxy"
PROXY_PORT = 8443
CERTIFICATE = "proxy_certificate"
FOR_TESTS = {"TRIVIEW_MAX_AHEAD_S": "600", "TRIVIEW_DIARIZATION": "off", "TRIVIEW_SECURE_COOKIE": "on"}
"""Of the gateways: sound may run ahead of real time, two channels need no telling apart, TLS ends in front of them."""


class Differences(msgspec.Struct, frozen=True):
    """What differs: where things lie and which images there are.

    `images`: service -> image, for those of the registry. `address`: where the proxy answers on this machine.
    """

    root: Path
    secrets: Path
    project: str
    images: dict[str, str]
    address: tuple[str, int]
    weigh_disks: bool = True


def composition_for_test(document: dict[str, Any], wanted: Differences) -> dict[str, Any]:
    """`document` (a parsed docker-compose.yaml) with known container names, a second gateway, and a proxy with TLS.

    Only the proxy is published. Images are built beforehand, so nothing of `build` is left.
    """
    made = copy.deepcopy({name: part for name, part in document.items() if not name.startswith("x-")})
    services = made["services"]
    services["gateway"]["environment"] |= FOR_TESTS
    services[SECOND] = copy.deepcopy(services["gateway"])
    services[PROXY] = _proxy(wanted)
    for name, service in services.items():
        service.pop("build", None)
        service.pop("depends_on", None)  # started in waves; not every compose command waits for health
        if name != PROXY:
            service.pop("ports", None)
        if not wanted.weigh_disks:
            service.pop("blkio_config", None)
        service["container_name"] = container_of(wanted.project, name)
        service["image"] = wanted.images.get(name, service["image"])
        service["volumes"] = [_absolute(volume, wanted.root) for volume in service.get("volumes", [])]
    made["secrets"] = {name: {"file": str(wanted.secrets / name)} for name in (*made["secrets"], CERTIFICATE)}
    return made


def container_of(project: str, service: str) -> str:
    """Name of the container of `service`."""
    return f"{project}-{service}"


def _proxy(wanted: Differences) -> dict[str, Any]:
    host, port = wanted.address
    return {
        "image": wanted.images[PROXY],
        "restart": "unless-stopped",
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "tmpfs": ["/tmp:mode=1777"],  # noqa: S108 - inside the container
        "mem_limit": "256m",
        "pids_limit": 64,
        "networks": ["edge"],
        "secrets": [CERTIFICATE],
        "ports": [f"{host}:{port}:{PROXY_PORT}"],
    }


def _absolute(volume: str, root: Path) -> str:
    return f"{root}/{volume.removeprefix('./')}" if volume.startswith("./") else volume
