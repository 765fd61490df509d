"""What leaves the house is chosen, never guessed from a key that lies about, and never sent in the clear."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import pytest

from include.settings import SettingsError, airflow_settings, load_settings

pytestmark = pytest.mark.unit
HOME = {"TRIVIEW_HOME": "/nonexistent"}
KEY = HOME | {"OPENAI_API_KEY": "k"}  # pragma: allowlist secret


def test_a_key_alone_chooses_no_judge() -> None:
    assert load_settings(KEY).judge.kind == "offline"
    assert load_settings(KEY | {"TRIVIEW_JUDGE": "openai"}).judge.kind == "openai"


@pytest.mark.parametrize(
    "url", ["https://api.example.org/v1", "http://127.0.0.1:8000/v1", "http://localhost/v1", "http://[::1]:8000/v1"]
)
def test_an_address_nobody_can_listen_to_is_taken(url: str) -> None:
    chosen = KEY | {"TRIVIEW_JUDGE": "openai", "OPENAI_BASE_URL": url}
    assert load_settings(chosen).judge.base_url == url


@pytest.mark.parametrize(
    "url", ["http://api.example.org/v1", "http://10.0.0.5:8000", "ftp://localhost", "localhost:8000", "http://[bad"]
)
def test_an_address_in_the_clear_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(KEY | {"TRIVIEW_JUDGE": "openai", "OPENAI_BASE_URL": url})
    assert "https://" in str(refused.value)
    assert "example.org" not in str(refused.value)


def test_an_address_without_a_chosen_judge_is_not_looked_at() -> None:
    assert load_settings(HOME | {"OPENAI_BASE_URL": "http://api.example.org"}).judge.kind == "offline"


def test_a_folder_of_logs_that_was_named_and_is_missing_is_told_instead_of_left_out(tmp_path: Path) -> None:
    home = str(tmp_path)
    assert load_settings({"TRIVIEW_HOME": home}).airflow_logs is None
    (tmp_path / "airflow" / "logs").mkdir(parents=True)
    assert load_settings({"TRIVIEW_HOME": home}).airflow_logs == tmp_path / "airflow" / "logs"
    with pytest.raises(SettingsError, match="TRIVIEW_AIRFLOW_LOGS"):
        load_settings({"TRIVIEW_HOME": home, "TRIVIEW_AIRFLOW_LOGS": str(tmp_path / "nowhere")})


SECRETS = {
    "TRIVIEW_DB_URL": lambda env: load_settings(env).db_url,
    "TRIVIEW_REDIS_URL": lambda env: load_settings(env).redis_url,
    "OPENAI_API_KEY": lambda env: load_settings(env).judge.api_key,
    "TRIVIEW_AIRFLOW_PASSWORD": lambda env: (airflow_settings(env) or fail()).password,
}


def fail() -> NoReturn:
    raise AssertionError("no Airflow")


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_may_lie_in_a_file(name: str, tmp_path: Path) -> None:
    env = {"TRIVIEW_HOME": str(tmp_path), "TRIVIEW_AIRFLOW_URL": "http://a", "TRIVIEW_AIRFLOW_USER": "u"}
    file = tmp_path / "secret"
    file.write_text("sqlite:///from-the-file\n")
    read = SECRETS[name]
    assert read({**env, f"{name}_FILE": str(file)}) == "sqlite:///from-the-file"
    assert read({**env, f"{name}_FILE": str(file), name: "given"}) == "given"
    with pytest.raises(SettingsError, match=f"{name}_FILE.*cannot be read"):
        read({**env, f"{name}_FILE": str(tmp_path / "none")})


@pytest.mark.parametrize(
    "name", ["TRIVIEW_HOME", "TRIVIEW_MODELS", "TRIVIEW_MASTER_KEY_FILE", "TRIVIEW_LIVE_MARKER", "TRIVIEW_AIRFLOW_LOGS"]
)
def test_a_home_of_nobody_is_named_with_its_variable(name: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name} begins with ~"):
        load_settings(HOME | {name: "~nobody-of-this-name/triview"})


@pytest.mark.parametrize("value", ["/" + "a" * 300, "~\ud800/x", "\ud800"])
def test_what_is_no_path_is_named_with_its_variable(value: str) -> None:
    with pytest.raises(SettingsError, match=r"^TRIVIEW_HOME is no path"):
        load_settings({"TRIVIEW_HOME": value})
