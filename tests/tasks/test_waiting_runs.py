"""Runs that a lost queue forgot: the database knows them for every stage that has a flow."""

from __future__ import annotations

from pathlib import Path

import pytest

from include.settings import PIPELINE_VERSION
from tasks.live.handover import hand_over
from tasks.waiting_runs import WaitingRun, waiting_runs
from tests.support.installation import installed
from tests.tasks.live.test_handover import finished, senders

pytestmark = pytest.mark.models


def test_a_handed_over_session_waits_until_a_step_of_its_run_has_begun(tmp_path: Path) -> None:
    installation = installed(tmp_path / "home")
    with installation.stores() as stores:
        record = finished(stores, installation)
        session = record.session.id
        assert waiting_runs(stores) == []
        hand_over(stores, record, senders())
        run = WaitingRun("practical_interview_evaluation", f"practical-{session}-{PIPELINE_VERSION}", session)
        assert waiting_runs(stores) == [run]
        stores.interviews.set_status(session, "processing")
        assert waiting_runs(stores) == []
