"""The composed system: its file is valid, wired as meant, and gives each service what it needs and no more."""

from __future__ import annotations

import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.setup.new_env import GIVEN, MAKERS, fresh_secrets, main

pytestmark = pytest.mark.programs

ROOT = Path(__file__).resolve().parents[1]
COMPOSE = ROOT / "docker-compose.yaml"
AIRFLOW_PARTS = {"api-server", "scheduler", "dag-processor", "triggerer", "worker"}
OURS = AIRFLOW_PARTS | {"init", "gateway"}
SERVERS = {"mysql", "redis", "chroma"}

STORES = {"triview_master_key", "aws_credentials"}
METADATA = {"airflow_db_url", "airflow_fernet_key"}
SECRETS_OF = {
    "mysql": {
        "mysql_root_password",
        "airflow_db_password",
        "celery_db_password",
        "triview_db_password",
        "triview_owner_password",
    },
    "redis": {"redis_acl"},
    "chroma": set(),
    "init": METADATA
    | STORES
    | {
        "airflow_jwt_secret",
        "airflow_admin_password",
        "airflow_gateway_password",
        "triview_owner_url",
        "triview_first_password",
        "live_redis_url",
    },
    "api-server": METADATA
    | STORES
    | {"airflow_jwt_secret", "airflow_api_secret", "airflow_connections.json", "triview_db_url"},
    "scheduler": METADATA
    | STORES
    | {
        "airflow_jwt_secret",
        "airflow_gateway_password",
        "airflow_connections.json",
        "broker_url",
        "celery_db_url",
        "triview_db_url",
        "live_redis_url",
        "openai_api_key",
    },
    "dag-processor": METADATA,
    "triggerer": METADATA | {"airflow_jwt_secret"},
    "worker": STORES | {"airflow_connections.json", "broker_url", "celery_db_url", "triview_db_url"},
    "gateway": STORES
    | {"airflow_gateway_password", "triview_db_url", "triview_gateway_secret", "live_redis_url", "openai_api_key"}
    | {"triview_metrics_token"},
}
"""What each service is given. Whoever adds to it says why in the commit."""

ENVIRONMENT_OF = {
    "mysql": "MYSQL_ROOT_PASSWORD_FILE",
    "redis": "",
    "chroma": "ANONYMIZED_TELEMETRY",
    "dag-processor": "AIRFLOW_.*|TRIVIEW_(MEDIA_QUEUE|INSIGHT_REVIEWERS)",
    "triggerer": "AIRFLOW_.*|TRIVIEW_MEDIA_QUEUE",
    "gateway": "TRIVIEW_.*|OPENAI_.*|AWS_.*",
}
"""Names of variables that services outside people's data may have; the gateway has none of Airflow's."""

NOT_SECRET = {"HF_TOKEN", "AIRFLOW__SECRETS__BACKEND", "AIRFLOW__SECRETS__BACKEND_KWARGS"}
"""HF_TOKEN reads public weights, and only `init` has it; the others name a class and a file."""

NETWORKS_OF = {
    "mysql": {"data"},
    "redis": {"data"},
    "chroma": {"data"},
    "init": {"app", "data"},
    "api-server": {"edge", "app", "data"},
    "scheduler": {"app", "data"},
    "dag-processor": {"data"},
    "triggerer": {"data"},
    "worker": {"app", "data"},
    "gateway": {"edge", "app", "data"},
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the compose file, the Dockerfile and what `make env` leaves. No test changes it."""
    folder = tmp_path_factory.mktemp("composed")
    for name in ("docker-compose.yaml", "Dockerfile", ".env.example"):
        shutil.copy(ROOT / name, folder / name)
    assert main(folder) == 0
    return folder


@pytest.fixture(scope="module")
def resolved(project: Path) -> dict[str, Any]:
    """What docker-compose itself makes of the file."""
    if shutil.which("docker-compose") is None:
        pytest.skip("docker-compose is not installed")
    done = subprocess.run(
        ["docker-compose", "-f", "docker-compose.yaml", "config"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": str(project)},
    )
    assert done.returncode == 0, done.stderr
    assert "variable is not set" not in done.stderr
    return yaml.safe_load(done.stdout)


def secrets_of(service: dict[str, Any]) -> set[str]:
    return {one if isinstance(one, str) else one["source"] for one in service.get("secrets", [])}


def test_every_part_is_there_and_watched(resolved: dict[str, Any]) -> None:
    services = resolved["services"]
    assert set(services) == SERVERS | OURS
    for name, service in services.items():
        assert ("healthcheck" in service) == (name != "init"), name
    assert services["mysql"]["image"] == "mysql:8.4"
    assert "media" in services["worker"]["command"]


def test_nothing_starts_before_what_it_needs(resolved: dict[str, Any]) -> None:
    services = resolved["services"]
    assert services["init"]["depends_on"]["mysql"]["condition"] == "service_healthy"
    for name in AIRFLOW_PARTS | {"gateway"}:
        assert services[name]["depends_on"]["init"]["condition"] == "service_completed_successfully", name
    for name in ("worker", "gateway"):
        assert services[name]["depends_on"]["redis"]["condition"] == "service_healthy"


def test_each_service_has_the_secrets_it_uses_and_no_other(resolved: dict[str, Any]) -> None:
    found = {name: secrets_of(service) for name, service in resolved["services"].items()}
    assert found == SECRETS_OF
    assert set(resolved["secrets"]) == set().union(*SECRETS_OF.values()) == set(fresh_secrets())
    for name, service in resolved["services"].items():
        named = set(
            re.findall(r"/run/secrets/([\w.]+)", yaml.safe_dump([service.get("environment"), service.get("command")]))
        )
        scripts = {"mysql": "mysql-databases.sh", "init": "airflow-init.sh"}
        if name in scripts:
            text = (ROOT / "cli/setup" / scripts[name]).read_text("utf-8")
            named |= set(re.findall(r"\$\(secret (\w+)\)", text))
        assert named == SECRETS_OF[name], f"{name} is given what it never reads, or reads what it is not given"


def test_no_secret_travels_by_environment(resolved: dict[str, Any], project: Path) -> None:
    values = [(project / "secrets" / name).read_text("utf-8").strip() for name in MAKERS]
    text = yaml.safe_dump(resolved)
    assert not [value for value in values if value in text]
    for name, service in resolved["services"].items():
        for variable in service.get("environment", {}):
            if re.search(r"PASSWORD|SECRET|TOKEN$|_KEY(_|$)|CONN$|BROKER_URL$|BACKEND$", variable):
                allowed = variable.endswith(("_FILE", "_CMD")) or variable in NOT_SECRET
                assert allowed, f"{name}: {variable}"


def test_each_service_has_an_environment_of_its_own(resolved: dict[str, Any]) -> None:
    for name, pattern in ENVIRONMENT_OF.items():
        for variable in resolved["services"][name].get("environment") or {}:
            assert re.fullmatch(pattern, variable), f"{name}: {variable}"
    worker = resolved["services"]["worker"]["environment"]
    assert not [name for name in worker if re.search(r"SQL_ALCHEMY|FERNET|JWT_SECRET|TRIVIEW_AIRFLOW|REDIS", name)]


def test_what_is_stored_has_no_way_out_and_only_two_services_are_offered(resolved: dict[str, Any]) -> None:
    services = resolved["services"]
    assert {name: set(service["networks"]) for name, service in services.items()} == NETWORKS_OF
    assert resolved["networks"]["data"]["internal"] is True
    offered = {name: service["ports"] for name, service in services.items() if service.get("ports")}
    assert set(offered) == {"api-server", "gateway"}
    for port in (*offered["api-server"], *offered["gateway"]):
        assert (port if isinstance(port, str) else f"{port['host_ip']}:").startswith("127.0.0.1:")


def test_every_container_is_held_tight(resolved: dict[str, Any]) -> None:
    for name, service in resolved["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["mem_limit"], name
        assert service["pids_limit"], name
        assert service["tmpfs"], name
        if name in ("mysql", "redis"):
            assert service["user"] == "999:999", name
    users = re.findall(r"^USER (\w+)", (ROOT / "Dockerfile").read_text("utf-8"), re.M)
    assert users
    assert users[-1] not in ("root", "0")


def test_the_settings_of_a_container_are_understood(resolved: dict[str, Any], project: Path) -> None:
    from include.settings import airflow_settings, load_settings
    from live_gateway.settings import load_gateway_settings

    def environment(name: str) -> dict[str, str]:
        found = resolved["services"][name]["environment"]
        here = {key: str(value).replace("/run/secrets", str(project / "secrets")) for key, value in found.items()}
        return here | {"TRIVIEW_AIRFLOW_LOGS": str(project)}

    settings = load_settings(environment("worker"))
    assert settings.judge.kind == "offline"
    assert settings.chroma_url == "http://chroma:8000"
    assert settings.storage_url == "file:///var/lib/triview/objects"
    assert settings.redis_url is None
    assert "@mysql:3306/triview" in settings.db_url
    assert "triview_owner" in load_settings(environment("init")).db_url
    gateway = load_gateway_settings(environment("gateway"))
    assert gateway.redis_url.startswith("redis://triview:")
    assert gateway.secret == (project / "secrets/triview_gateway_secret").read_text("utf-8")
    assert gateway.metrics_token == (project / "secrets/triview_metrics_token").read_text("utf-8")
    for name in ("gateway", "scheduler"):
        found = airflow_settings(environment(name))
        assert found is not None
        assert found.url == "http://api-server:8080"
        written = resolved["services"][name]["environment"]["TRIVIEW_AIRFLOW_LOGS"]
        assert written == resolved["services"]["scheduler"]["environment"]["AIRFLOW__LOGGING__BASE_LOG_FOLDER"]
    assert "queue" not in (ROOT / "dags/data_retention.py").read_text("utf-8"), "it runs in the scheduler's executor"


def test_without_secrets_nothing_starts(project: Path) -> None:
    """The engine itself names the file that is missing; what must not be is a default."""
    text = (project / "docker-compose.yaml").read_text("utf-8")
    declared = yaml.safe_load(text)["secrets"]
    assert {part["file"] for part in declared.values()} == {
        f"${{TRIVIEW_SECRETS:-./secrets}}/{name}" for name in fresh_secrets()
    }


def test_every_variable_is_in_the_example_and_the_other_way_round() -> None:
    example = set(re.findall(r"^([A-Z][A-Z0-9_]*)=", (ROOT / ".env.example").read_text("utf-8"), re.M))
    composed = set(re.findall(r"\$\{([A-Z][A-Z0-9_]*)", COMPOSE.read_text("utf-8")))
    assert composed <= example
    read = set(re.findall(r'"((?:TRIVIEW|OPENAI)_[A-Z0-9_]+)"', (ROOT / "include/settings.py").read_text("utf-8")))
    for file in ("live_gateway/settings.py", "cli/compose/engine.py"):
        read |= set(re.findall(r'"(TRIVIEW_[A-Z0-9_]+)"', (ROOT / file).read_text("utf-8")))
    assert read <= example
    for line in (ROOT / ".env.example").read_text("utf-8").splitlines():
        assert line.startswith("#") or line == "" or line.endswith("="), f"no values in the example: {line}"


def test_fresh_secrets_are_strong_different_and_private(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import base64

    shutil.copy(ROOT / ".env.example", tmp_path / ".env.example")
    assert main(tmp_path) == 0
    shown = capsys.readouterr().out
    folder = tmp_path / "secrets"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    values = {file.name: file.read_text("utf-8") for file in folder.iterdir()}
    made = [values[name] for name in MAKERS]
    assert len(set(made)) == len(made)
    assert all(len(value) >= 32 for value in made)
    assert len(base64.b64decode(values["triview_master_key"], validate=True)) == 32
    assert len(base64.urlsafe_b64decode(values["airflow_fernet_key"])) == 32
    assert not any(value in shown for value in made)
    assert all(values[name] == "" for name in GIVEN)
    assert main(tmp_path) == 1, "existing secrets are never overwritten"
    assert {file.name: file.read_text("utf-8") for file in folder.iterdir()} == values


def test_each_user_of_redis_reaches_keys_of_its_own_prefix() -> None:
    from include.storage.live.names import PREFIX

    made = fresh_secrets()
    users = {line.split()[1]: line.split()[2:] for line in made["redis_acl"].splitlines()}
    assert set(users) == {"default", "airflow", "triview", "health"}
    assert users["default"] == ["off"]
    for user, url in (("airflow", "broker_url"), ("triview", "live_redis_url")):
        password = next(part for part in users[user] if part.startswith(">"))[1:]
        assert f"//{user}:{password}@" in made[url]
        assert {"-@admin", "-@dangerous"} <= set(users[user])
    assert PREFIX.startswith("triview:")
    assert [part for part in users["triview"] if part.startswith("~")] == ["~triview:*"]


def test_the_secrets_need_nothing_installed() -> None:
    source = (ROOT / "cli/setup/new_env.py").read_text("utf-8")
    imported = set(re.findall(r"^(?:from|import) (\w+)", source, re.M))
    assert imported - {"__future__"} <= sys.stdlib_module_names


def test_the_image_takes_no_secret() -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert {".env", ".env.*", "secrets", ".git", "**/*.key"} <= set(ignored)
