"""Proxy variables never lead to this machine, for any process that is started here."""

from __future__ import annotations

import urllib.request
from pathlib import Path

import pytest

from cli.local.environment import LOOPBACK, airflow_environment, airflow_home, load_secrets, loopback_direct
from tests.support.local_airflow import settings_in

pytestmark = pytest.mark.unit
DEAD = {f"{scheme}_proxy": "http://192.0.2.1:3128" for scheme in ("http", "https", "all")}


@pytest.mark.parametrize(
    "named",
    [
        {},
        {"no_proxy": "intra.example"},
        {"NO_PROXY": "intra.example"},
        {"no_proxy": "", "NO_PROXY": " intra.example , other.example "},
        {"NO_PROXY": "localhost"},
    ],
)
def test_what_was_named_stays_and_this_machine_is_added_once(named: dict[str, str]) -> None:
    env = loopback_direct(DEAD | named)
    assert env["no_proxy"] == env["NO_PROXY"]
    listed = env["no_proxy"].split(",")
    assert set(LOOPBACK) <= set(listed)
    assert len(listed) == len(set(listed))
    assert all(one.strip() in listed for value in named.values() for one in value.split(",") if one.strip())
    assert {name: env[name] for name in DEAD} == DEAD, "the proxy itself stays: models and judges may need it"


def test_tasks_of_the_local_airflow_reach_it_beside_a_dead_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_in(tmp_path)
    home = airflow_home(settings)
    home.mkdir(parents=True)
    env = airflow_environment(settings, 8081, load_secrets(home), base=DEAD)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, env[name])
    for host in ("127.0.0.1:8081", "localhost:8081"):
        assert urllib.request.proxy_bypass_environment(host)
    assert not urllib.request.proxy_bypass_environment("api.example.org")
