"""A document that cannot be read is refused at the door: no interview, no recording, no consent is left of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from include.interview.assessment.openings import general_opening
from include.interview.assessment.policy import EXPRESSION, Purpose
from include.interview.errors import BadInput
from include.settings import load_settings
from tasks.ai.intake import Intake, open_interview
from tasks.ephemeral import passing_stores
from tasks.evaluation.consent_gate import consented_interview

pytestmark = pytest.mark.unit

DOCUMENTS = {
    "scan": (b"\xff\xd8\xff\xe0photo", "picture"),
    "old": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", r"\.doc or \.hwp"),
    "broken PDF": (b"%PDF-1.7 no", "damaged"),
    "unclear": ("Привет, мир".encode("cp1251"), "UTF-8"),
    "empty": (b"\n", "empty"),
    "too large": (b"x" * 2001, "TRIVIEW_MAX_DOCUMENT_BYTES"),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_nothing_half_made_stays(tmp_path: Path, name: str) -> None:
    content, message = DOCUMENTS[name]
    recording, document = tmp_path / "good.wav", tmp_path / "cv"
    recording.write_bytes(b"RIFF" * 100)
    document.write_bytes(content)
    settings = load_settings({"TRIVIEW_HOME": str(tmp_path / "home"), "TRIVIEW_MAX_DOCUMENT_BYTES": "2000"})
    with passing_stores(settings) as (stores, own):
        opening = general_opening()
        stores.openings.put(opening)
        candidate = stores.candidates.create("Dana")
        intake = Intake(candidate.id, opening.id, "standard", "auto", "attested")
        with pytest.raises(BadInput, match=message):
            open_interview(stores, own, intake, [recording], [("resume", document)])
        assert stores.interviews.list() == ()
        assert stores.consents.list(candidate.id) == ()
        document.write_text("이력서: Python 개발자", encoding="cp949")
        interview = open_interview(stores, own, intake, [recording], [("resume", document)])
        kept = next(m for m in stores.media.list(interview.id) if m.kind == "resume")
        assert stores.media.text(kept) == "이력서: Python 개발자"


def test_an_optional_consent_can_be_refused_and_another_cannot(tmp_path: Path) -> None:
    recording = tmp_path / "good.wav"
    recording.write_bytes(b"RIFF" * 100)
    settings = load_settings({"TRIVIEW_HOME": str(tmp_path / "home")})
    with passing_stores(settings) as (stores, own):
        opening = general_opening()
        stores.openings.put(opening)
        candidate = stores.candidates.create("Dana")

        def intake(*refused: Purpose) -> Intake:
            return Intake(candidate.id, opening.id, "standard", "auto", "attested", refused=refused)

        with pytest.raises(BadInput, match="Only optional purposes can be refused"):
            open_interview(stores, own, intake("recording"), [recording])
        assert stores.interviews.list() == ()
        interview = open_interview(stores, own, intake(EXPRESSION), [recording])
        _, agreed = consented_interview(stores, interview.id)
        assert not agreed.enables("ai", "nonverbal")
        assert "face" not in agreed.channels
