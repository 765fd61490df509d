"""A card counts before its reports are printed and its answers indexed; what fails there is made up for later."""

from __future__ import annotations

from pathlib import Path

import pytest

import include.reporting
from include.interview.errors import ServiceFailure
from include.interview.records import Scorecard
from include.interview.report import ReportContext
from tasks.evaluation.context import StepContext
from tasks.evaluation.publish import PAGES, PRINTS, _newest_reports, publish, stored_reports
from tests.support.installation import installed
from tests.support.reviewed_sessions import bring_into
from tests.support.spoken_sessions import opening
from tests.tasks.evaluation.test_card_standing import new_session

pytestmark = pytest.mark.slow


def test_the_card_counts_before_anything_is_printed_and_a_missing_font_takes_nothing_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = installed(tmp_path / "home")
    seen: list[tuple[str, set[str]]] = []
    with made.stores() as stores:
        stores.openings.put(opening("en"))
        session = new_session(stores)
        bring_into(stores, "open", session)
        (card,) = stores.artifacts.list(session.id, "score")
        context = StepContext(stores, made.settings, session.id)

        def without_font(_card: Scorecard, _context: ReportContext, _language: str) -> bytes:
            seen.append((stores.interviews.get(session.id).status, set(_newest_reports(stores, session.id))))
            raise ServiceFailure("No font.", "Install one.", code="font_missing")

        with monkeypatch.context() as patched:
            patched.setattr(include.reporting, "render_pdf", without_font)
            with pytest.raises(ServiceFailure, match="No font"):
                publish(context, card)
        assert seen == [("published", set(PAGES))]
        assert set(stored_reports(stores, session.id, names=PAGES)) == set(PAGES)
        assert set(_newest_reports(stores, session.id)) == set(PAGES), "who reads a page waits for no print"
        # Who asks for what is printed gets it at once; then the task is tried again.
        (printed,) = stored_reports(stores, session.id, names=PRINTS[:1]).values()
        ids = publish(context, card)
        assert {*PAGES, *PRINTS} < set(ids)
        found = stored_reports(stores, session.id)
        assert set(found) == {*PAGES, *PRINTS}
        assert found[PRINTS[0]] == printed, "what was printed is not made again"
        assert found[PRINTS[1]].startswith(b"%PDF-")
        assert publish(context, card) == ids
        assert stores.answers.of_interview(session.id)
