"""The composed system: its file is valid, wired as meant, and holds no secret."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.setup.new_env import MAKERS, filled, main

ROOT = Path(__file__).resolve().parents[1]
COMPOSE = ROOT / "docker-compose.yaml"
AIRFLOW_PARTS = {"api-server", "scheduler", "dag-processor", "triggerer", "worker"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the compose file, the Dockerfile and a freshly made .env, as `make env` leaves it."""
    for name in ("docker-compose.yaml", "Dockerfile", ".env.example"):
        shutil.copy(ROOT / name, tmp_path / name)
    assert main(tmp_path) == 0
    return tmp_path


def values_of(env_file: Path) -> dict[str, str]:
    lines = [line for line in env_file.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


@pytest.fixture
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


@pytest.mark.programs
def test_every_part_is_there_and_watched(resolved: dict[str, Any]) -> None:
    services = resolved["services"]
    assert set(services) == {"mysql", "redis", "chroma", "init", "gateway"} | AIRFLOW_PARTS
    for name, service in services.items():
        assert ("healthcheck" in service) == (name != "init"), name
    assert services["mysql"]["image"] == "mysql:8.4"
    assert services["worker"]["command"][-2:] == ["--queues", "media"]


@pytest.mark.programs
def test_nothing_starts_before_what_it_needs(resolved: dict[str, Any]) -> None:
    services = resolved["services"]
    assert services["init"]["depends_on"]["mysql"]["condition"] == "service_healthy"
    for name in AIRFLOW_PARTS | {"gateway"}:
        assert services[name]["depends_on"]["init"]["condition"] == "service_completed_successfully", name
    for name in ("worker", "gateway"):
        assert services[name]["depends_on"]["redis"]["condition"] == "service_healthy"


@pytest.mark.programs
def test_parts_share_one_configuration(resolved: dict[str, Any], project: Path) -> None:
    services, secret = resolved["services"], values_of(project / ".env")
    for name in AIRFLOW_PARTS | {"init", "gateway"}:
        env = services[name]["environment"]
        assert env["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor,CeleryExecutor"
        assert env["TRIVIEW_MEDIA_QUEUE"] == "media"
        assert env["TRIVIEW_MASTER_KEY"] == secret["TRIVIEW_MASTER_KEY"], name
        assert f":{secret['AIRFLOW_DB_PASSWORD']}@mysql:3306/airflow" in env["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]
        assert f":{secret['TRIVIEW_DB_PASSWORD']}@mysql:3306/triview" in env["TRIVIEW_DB_URL"]
        mounted = {volume.split(":")[1] for volume in services[name]["volumes"]}
        assert "/var/lib/triview/objects" in mounted, name


@pytest.mark.programs
def test_the_settings_of_a_container_are_understood(resolved: dict[str, Any]) -> None:
    from include.settings import load_settings

    settings = load_settings(resolved["services"]["worker"]["environment"])
    assert settings.judge.kind == "offline"
    assert settings.chroma_url == "http://chroma:8000"
    assert settings.storage_url == "file:///var/lib/triview/objects"


@pytest.mark.programs
def test_who_erases_people_reaches_airflow_and_its_logs(resolved: dict[str, Any]) -> None:
    from include.settings import airflow_settings

    for name in ("gateway", "scheduler"):
        service = resolved["services"][name]
        env = service["environment"]
        found = airflow_settings(env)
        assert found is not None, name
        assert found.url == "http://api-server:8080"
        assert env["TRIVIEW_AIRFLOW_LOGS"] == env["AIRFLOW__LOGGING__BASE_LOG_FOLDER"]
        mounts = [one if isinstance(one, str) else f"{one['source']}:{one['target']}" for one in service["volumes"]]
        assert any(one.startswith("logs:/var/lib/triview/logs") and not one.endswith(":ro") for one in mounts), name
    assert "queue" not in (ROOT / "dags/data_retention.py").read_text("utf-8"), "it runs in the scheduler's executor"


@pytest.mark.programs
def test_the_settings_of_the_gateway_are_understood(resolved: dict[str, Any], tmp_path: Path) -> None:
    from live_gateway.settings import load_gateway_settings

    env = resolved["services"]["gateway"]["environment"]
    settings = load_gateway_settings({**env, "TRIVIEW_AIRFLOW_LOGS": str(tmp_path)})
    assert settings.redis_url.startswith("redis://")
    assert settings.airflow is not None
    assert settings.airflow.url == "http://api-server:8080"
    assert settings.speech
    assert settings.feedback


@pytest.mark.programs
def test_the_connection_of_the_records_can_be_read_by_airflow(resolved: dict[str, Any], project: Path) -> None:
    import json

    known = json.loads(resolved["services"]["scheduler"]["environment"]["AIRFLOW_CONN_TRIVIEW_DB"])
    assert known["conn_type"] == "mysql"
    assert known["password"] == values_of(project / ".env")["TRIVIEW_DB_PASSWORD"]


@pytest.mark.programs
def test_secrets_reach_only_those_who_need_them(resolved: dict[str, Any]) -> None:
    services = resolved["services"]
    holders = {
        secret: {name for name, service in services.items() if secret in service.get("environment", {})}
        for secret in (
            "MYSQL_ROOT_PASSWORD",
            "AIRFLOW_ADMIN_PASSWORD",
            "TRIVIEW_MASTER_KEY",
            "TRIVIEW_FIRST_PASSWORD",
            "TRIVIEW_GATEWAY_SECRET",
            "TRIVIEW_AIRFLOW_PASSWORD",
        )
    }
    assert holders["MYSQL_ROOT_PASSWORD"] == {"mysql"}
    assert holders["AIRFLOW_ADMIN_PASSWORD"] == {"init"}
    assert holders["TRIVIEW_MASTER_KEY"] == AIRFLOW_PARTS | {"init", "gateway"}
    assert holders["TRIVIEW_FIRST_PASSWORD"] == {"init"}
    assert holders["TRIVIEW_GATEWAY_SECRET"] == {"gateway"}
    assert holders["TRIVIEW_AIRFLOW_PASSWORD"] == {"gateway", "scheduler"}, "who erases people: REST and data_retention"


@pytest.mark.programs
def test_pages_are_offered_to_this_host_only(resolved: dict[str, Any]) -> None:
    offered = {name: service["ports"] for name, service in resolved["services"].items() if service.get("ports")}
    assert set(offered) == {"api-server", "gateway"}
    for port in (*offered["api-server"], *offered["gateway"]):
        assert (port if isinstance(port, str) else f"{port['host_ip']}:").startswith("127.0.0.1:")


@pytest.mark.programs
def test_without_an_env_file_it_says_what_to_run(project: Path) -> None:
    if shutil.which("docker-compose") is None:
        pytest.skip("docker-compose is not installed")
    (project / ".env").unlink()
    done = subprocess.run(
        ["docker-compose", "-f", "docker-compose.yaml", "config"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": str(project)},
    )
    assert done.returncode != 0
    assert "run make env" in done.stderr


@pytest.mark.programs
def test_every_secret_is_asked_for_by_name_and_none_is_in_the_file() -> None:
    text = COMPOSE.read_text("utf-8")
    for name in MAKERS:
        assert f"${{{name}:?" in text, f"{name} must be required"
    for line in text.splitlines():
        if re.search(r"(PASSWORD|SECRET|KEY)\w*:", line):
            assert "${" in line or "$$" in line, f"a literal secret? {line.strip()}"


@pytest.mark.programs
def test_every_variable_is_in_the_example_and_the_other_way_round() -> None:
    example = set(re.findall(r"^([A-Z][A-Z0-9_]*)=", (ROOT / ".env.example").read_text("utf-8"), re.M))
    composed = set(re.findall(r"\$\{([A-Z][A-Z0-9_]*)", COMPOSE.read_text("utf-8")))
    assert composed <= example
    read_by_settings = set(
        re.findall(r'"((?:TRIVIEW|OPENAI)_[A-Z0-9_]+)"', (ROOT / "include/settings.py").read_text("utf-8"))
    ) | set(re.findall(r'"(TRIVIEW_[A-Z0-9_]+)"', (ROOT / "live_gateway/settings.py").read_text("utf-8")))
    assert read_by_settings <= example
    for line in (ROOT / ".env.example").read_text("utf-8").splitlines():
        assert line.startswith("#") or line == "" or line.endswith("="), f"no values in the example: {line}"


@pytest.mark.programs
def test_fresh_secrets_are_strong_different_and_private(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import base64

    shutil.copy(ROOT / ".env.example", tmp_path / ".env.example")
    assert main(tmp_path) == 0
    shown = capsys.readouterr().out
    env = tmp_path / ".env"
    assert env.stat().st_mode & 0o777 == 0o600
    values = values_of(env)
    made = [values[name] for name in MAKERS]
    assert len(set(made)) == len(made)
    assert all(len(value) >= 32 for value in made)
    assert len(base64.b64decode(values["TRIVIEW_MASTER_KEY"], validate=True)) == 32
    assert len(base64.urlsafe_b64decode(values["AIRFLOW_FERNET_KEY"])) == 32
    assert not any(value in shown for value in made)
    assert main(tmp_path) == 1, "an existing file is never overwritten"
    assert values_of(env) == values


@pytest.mark.programs
def test_an_example_that_lost_a_secret_is_an_error() -> None:
    example = (ROOT / ".env.example").read_text("utf-8")
    with pytest.raises(ValueError, match="REDIS_PASSWORD"):
        filled(example.replace("REDIS_PASSWORD=\n", ""))


@pytest.mark.programs
def test_the_secrets_need_nothing_installed() -> None:
    source = (ROOT / "cli/setup/new_env.py").read_text("utf-8")
    imported = set(re.findall(r"^(?:from|import) (\w+)", source, re.M))
    assert imported - {"__future__"} <= sys.stdlib_module_names


@pytest.mark.programs
def test_the_image_takes_no_secret_and_runs_as_nobody_special() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert {".env", ".env.*", ".git", "**/*.key"} <= set(ignored)
    users = re.findall(r"^USER (\w+)", dockerfile, re.M)
    assert users
    assert users[-1] not in ("root", "0")
