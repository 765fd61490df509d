"""The composition that `make compose-test` runs is the one people run, but for what a test has to know."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from cli.compose.composition import CERTIFICATE, PROXY, SECOND, Differences, composition_for_test
from cli.compose.system import WAVES

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[3]
DOCUMENT = yaml.safe_load((ROOT / "docker-compose.yaml").read_text("utf-8"))
CHANGED = {"build", "depends_on", "ports", "image", "volumes", "blkio_config", "container_name"}


def composed(tmp_path: Path) -> dict:
    wanted = Differences(
        ROOT, tmp_path, "some", {PROXY: "proxy:1", "mysql": "mysql:of-our-own"}, ("127.0.0.1", 9443), weigh_disks=False
    )
    return composition_for_test(DOCUMENT, wanted)


def test_services_are_what_people_run(tmp_path: Path) -> None:
    made = composed(tmp_path)
    assert set(made["services"]) == set(DOCUMENT["services"]) | {SECOND, PROXY}
    for name, service in DOCUMENT["services"].items():
        now = made["services"][name]
        for key in set(service) - CHANGED - {"environment"}:
            assert now[key] == service[key], f"{name}: {key}"
        if name != "gateway":
            assert now.get("environment") == service.get("environment"), name
    second = {**made["services"][SECOND], "container_name": ""}
    assert second == {**made["services"]["gateway"], "container_name": ""}
    assert made["networks"] == DOCUMENT["networks"]


def test_only_the_proxy_can_be_reached(tmp_path: Path) -> None:
    made = composed(tmp_path)
    assert {name for name, service in made["services"].items() if "ports" in service} == {PROXY}
    assert made["services"][PROXY]["ports"] == ["127.0.0.1:9443:8443"]
    assert made["services"][PROXY]["cap_drop"] == ["ALL"]
    assert made["secrets"][CERTIFICATE] == {"file": str(tmp_path / CERTIFICATE)}


def test_folders_of_the_project_are_found_from_anywhere(tmp_path: Path) -> None:
    made = composed(tmp_path)
    mounted = [volume for service in made["services"].values() for volume in service["volumes"]]
    assert not [volume for volume in mounted if volume.startswith(".")]
    assert f"{ROOT}/cli/setup/mysql-databases.sh:/docker-entrypoint-initdb.d/10-databases.sh:ro" in mounted
    assert made["services"]["mysql"]["image"] == "mysql:of-our-own"
    assert not [name for name, service in made["services"].items() if "blkio_config" in service]


def test_every_service_has_its_turn(tmp_path: Path) -> None:
    started = [name for wave in WAVES for name in wave]
    assert sorted(started) == sorted(composed(tmp_path)["services"])
