"""docs/rest.md is walked as written: its shell blocks, in order, by bash and curl against a real gateway."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

import pytest
import yaml

from include.interview.applications import ABOUT_EVIDENCE, GROUNDS_OF, NEXT
from include.interview.assessment.policy import POLICIES_DIR, Purpose
from include.interview.records import CriterionScore, Scorecard
from include.settings import PROJECT_ROOT
from live_gateway.problem_texts import TEXTS
from live_gateway.web.candidate import CONSENT_TEXT
from tasks.evaluation.context import StepContext
from tasks.executive.preparation import gather, store, write
from tasks.ranking.flow import rank_openings
from tasks.ranking.stored_reports import report_openings
from tests.live_gateway.http.conftest import Cast
from tests.support.gateway_thread import Gateway
from tests.support.patience import PATIENCE_S
from tests.support.services.airflow_rest import AirflowServer
from tests.support.upload_sounds import tone

PAGE = PROJECT_ROOT / "docs" / "rest.md"
SECTION = re.compile(r"^##+ (?P<title>[^\n]+)$|^```bash\n(?P<block>.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> Iterator[tuple[str, str]]:
    """(heading, shell block) in the order of the page."""
    title = ""
    for found in SECTION.finditer(PAGE.read_text(encoding="utf-8")):
        if found["block"] is None:
            title = found["title"]
        else:
            yield title, found["block"]


class Walk:
    """One reader's shell: variables and functions of earlier blocks are there in later ones."""

    def __init__(self, state: Path, **settings: str) -> None:
        self._state = state
        self._settings = settings
        state.write_text("", encoding="utf-8")

    def run(self, block: str) -> str:
        """What the block prints; every command of it must succeed."""
        kept = f"( declare -f; export -p ) > '{self._state}'"
        script = f"set -euo pipefail\nsource '{self._state}'\nset -a\n{block}\nset +a\n{kept}\n"
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self._state.parent,
            env={"PATH": os.environ["PATH"], "no_proxy": "*", **self._settings},
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert done.returncode == 0, (block, done.stdout, done.stderr)
        return done.stdout

    def value(self, name: str) -> str:
        """A variable of the shell."""
        return self.run(f'printf %s "${name}"')


@pytest.mark.services
@pytest.mark.programs
def test_every_block_of_the_page_runs(gateway: Gateway, cast: Cast, airflow: AirflowServer, tmp_path: Path) -> None:
    recording = tmp_path / "interview.wav"
    recording.write_bytes(tone(pitch_hz=333))
    walk = Walk(
        tmp_path / "state", BASE=gateway.url, LOGIN="cast-hr", PASSWORD="a long password 1", RECORDING=str(recording)
    )
    before: dict[str, Callable[[], None]] = {
        "Following an interview": lambda: _ask_a_person(gateway, airflow, walk.value("INTERVIEW")),
        "The card": lambda: _publish(gateway, walk.value("INTERVIEW")),
        "Reports of rankings": lambda: _rank(gateway, walk.value("OPENING")),
    }
    printed: dict[str, list[str]] = {}
    for title, block in blocks():
        before.pop(title, lambda: None)()
        if title == "Prepared questions" and title in printed:
            _prepare(gateway, walk.value("SESSION"))
        printed.setdefault(title, []).append(walk.run(block))
    assert before == {}
    assert len(printed) > 10
    assert (tmp_path / "ranking.pdf").read_bytes().startswith(b"%PDF-")
    assert (tmp_path / "ranking-blind.csv").read_bytes() != (tmp_path / "ranking.csv").read_bytes()
    assert json.loads(printed["The card"][0])["interview_id"] == walk.value("INTERVIEW")
    assert json.loads(printed["Errors"][0])["code"] == "invalid_request"
    ((_, answer),) = [one for one in airflow.reviews if one[0] == f"run-{walk.value('INTERVIEW')}"]
    assert answer["chosen_options"] == ["publish"]
    assert {media.size for media in gateway.stores.media.list(walk.value("INTERVIEW"))} == {recording.stat().st_size}


def _ask_a_person(gateway: Gateway, airflow: AirflowServer, interview: str) -> None:
    """What the run does under `kr` once the card is scored."""
    gateway.stores.reviews.ask(interview, "artifact", ["profile_requires_review"])
    gateway.stores.interviews.set_status(interview, "review")
    airflow.waiting[interview] = f"run-{interview}"


def _publish(gateway: Gateway, interview: str) -> None:
    """What the run does after the answer."""
    stores = gateway.stores.acting_as("system")
    stores.reviews.answer(interview, "artifact", "publish:evidence_supports_card")
    line = CriterionScore("language", "scored", 100.0, 100.0, score=0.5, sem=0.02, points=50.0)
    stores.scorecards.publish(Scorecard(interview, "ai", "complete", 50.0, 2.0, (line,), "kr", "1", "p"))
    stores.interviews.set_status(interview, "published")


def _rank(gateway: Gateway, opening: str) -> None:
    """What the runs of the ranking and of its reports do."""
    stores = gateway.stores.acting_as("system")
    rank_openings(stores, [opening])
    report_openings(stores, [opening])


def _prepare(gateway: Gateway, session: str) -> None:
    """The steps of the preparation's run."""
    context = StepContext(gateway.stores.acting_as("system"), gateway.settings.core, session)
    store(context, write(context, gather(context)))


@pytest.mark.unit
def test_the_tables_say_what_the_program_does() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for file in sorted(POLICIES_DIR.glob("*.yaml")):
        profile = yaml.safe_load(file.read_text(encoding="utf-8"))
        needed, optional = (
            ", ".join(f"`{p}`" for p in profile.get(key, ())) for key in ("consents", "consents_optional")
        )
        person = "yes" if profile.get("review_every_card") else "no"
        cells = [f"`{profile['id']}`", needed, optional, person]
        assert "| " + " | ".join(cells).replace("|  |", "| |") + " |" in page, cells
    for state, following in NEXT.items():
        listed = (", ".join(f"`{one}`" for one in codes) for codes in (GROUNDS_OF[state], following))
        assert f"| `{state}` | " + " | ".join(listed) + " |" in page, state
    assert ", ".join(f"`{ground}`" for ground in ABOUT_EVIDENCE) in page
    for purpose in get_args(Purpose):
        assert f"| `{purpose}` |" in page
    assert f"has the label `{CONSENT_TEXT}`" in page
    codes = {
        code
        for line in re.findall(r"^\| [345]\d\d.*$", page, re.MULTILINE)
        for code in re.findall(r"`([a-z_]+)`", line.rsplit("|", 2)[1])
    }
    assert len(codes) > 20
    assert codes <= set(TEXTS)
