"""Scorecards: published once, read back to the last digit, with words sealed."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from sqlalchemy import func, select, text

from include.interview.errors import BadInput, NotFound
from include.interview.records import (
    Bilingual,
    CriterionScore,
    Flag,
    Insufficiency,
    Interval,
    JudgeIdentity,
    Judgement,
    Measure,
    Observation,
    Quote,
    Scorecard,
    Usage,
)
from include.storage import Stores
from include.storage.database import tables as t
from tests.include.storage.conftest import enrol

WORDS = "MARKER: 제가 직접 배포했습니다"
JUDGE = JudgeIdentity("offline", "offline", "use-multilingual", "1", "ab" * 32)


def card_for(interview: str, **changes: object) -> Scorecard:
    """A card with every kind of part, and numbers that need all digits."""
    quote = Quote("u1", WORDS, 0.1 + 0.2, 7.000000000000001)
    seen = Observation("face", "smile_share", 1 / 3, "share", (Interval(1.5, 2.25, "smile", 0.7),))
    judgements = tuple(
        Judgement(
            "language",
            run,
            3.3333333333333335,
            JUDGE,
            Bilingual(ko=f"{WORDS} 라고 함", en="says so"),
            0.1,
            (quote, seen),
            (Measure("mattr", 0.1234567890123456, "share"),),
            flags=(Flag("injection", "warning", {"count": 2.0}),),
            usage=Usage(1, 10, 20, 1e-7),
        )
        for run in range(3)
    )
    scored = CriterionScore("language", "scored", 30, 60.0, 7 / 12, 10 / 3, 1e-17, 17.5, (quote, seen), judgements)
    why = Insufficiency("few_words", Bilingual(ko="적음", en="few"), 0.2)
    short = CriterionScore("cognitive", "insufficient", 15, 40.0, reason=why)
    card = Scorecard(
        interview_id=interview,
        stage="ai",
        status="incomplete",
        total=None,
        total_sem=None,
        criteria=(scored, short),
        profile="standard",
        rubric_version="1",
        pipeline_version="1",
        missing=("cognitive",),
        judges=(JUDGE,),
        inputs={"media": "00" * 32},
    )
    return msgspec.structs.replace(card, **changes)


def test_a_card_comes_back_to_the_last_digit(stores: Stores) -> None:
    card = card_for(enrol(stores).interview.id)
    stores.scorecards.publish(card)
    assert stores.scorecards.get(card.interview_id) == card


def test_publishing_twice_is_one_card_and_the_second_counts(stores: Stores) -> None:
    card = card_for(enrol(stores).interview.id)
    first = stores.scorecards.publish(card)
    changed = msgspec.structs.replace(card, criteria=card.criteria[:1], status="complete", total=58.333333333333336)
    published = stores.scorecards.published_at(card.interview_id)
    assert abs((datetime.now(UTC) - published).total_seconds()) < 60
    assert stores.scorecards.publish(card) == stores.scorecards.publish(changed) == first
    assert stores.scorecards.published_at(card.interview_id) == published
    assert stores.scorecards.get(card.interview_id) == changed
    with stores.db.connect() as connection:
        counts = [
            connection.execute(select(func.count()).select_from(table)).scalar()
            for table in (t.scorecards, t.criterion_scores, t.judgements)
        ]
        total = connection.execute(select(t.scorecards.c.total)).scalar()
    assert counts == [1, 1, 3]
    assert total == 58.333333333333336


def test_old_versions_stay_and_lists_give_the_latest(stores: Stores) -> None:
    person = enrol(stores)
    old = card_for(person.interview.id)
    new = card_for(person.interview.id, pipeline_version="2")
    stores.scorecards.publish(old)
    stores.scorecards.publish(new)
    assert stores.scorecards.get(person.interview.id) == new
    assert stores.scorecards.get(person.interview.id, pipeline_version="1") == old
    (listed,) = stores.scorecards.list("backend")
    assert (listed.pipeline_version, listed.criteria[0].points) == ("2", 17.5)
    assert listed.criteria[0].evidence == listed.criteria[0].judgements == ()
    assert [card.pipeline_version for card in stores.scorecards.list(interview_id=person.interview.id)] == ["2", "1"]
    assert stores.scorecards.list("elsewhere") == ()
    assert len(stores.scorecards.list()) == 1


def test_words_are_sealed_and_bound_to_their_row(stores: Stores) -> None:
    card = card_for(enrol(stores).interview.id)
    stores.scorecards.publish(card)
    with stores.db.begin() as connection:
        for table in (t.scorecards, t.criterion_scores, t.judgements):
            for row in connection.execute(select(table)):
                assert b"MARKER" not in b"".join(
                    v.encode() if isinstance(v, str) else bytes(v or b"") for v in _texts(row)
                )
        swap = text("SELECT sealed_document FROM judgements WHERE position = 1")
        stolen = connection.execute(swap).scalar_one()
        connection.execute(t.judgements.update().where(t.judgements.c.position == 0).values(sealed_document=stolen))
    with pytest.raises(BadInput, match=r"judgements\.sealed_document was changed, moved"):
        stores.scorecards.get(card.interview_id)


def _texts(row: tuple) -> list[str | bytes]:
    return [value for value in row if isinstance(value, (str, bytes))]


def test_missing_erased_and_audited(stores: Stores) -> None:
    person = enrol(stores)
    with pytest.raises(NotFound, match="no such scorecard"):
        stores.scorecards.get(person.interview.id)
    with pytest.raises(NotFound, match="no such scorecard"):
        stores.scorecards.published_at(person.interview.id)
    with pytest.raises(NotFound, match="no interview"):
        stores.scorecards.publish(card_for("nobody"))
    stores.scorecards.publish(card_for(person.interview.id))
    stores.acting_as("hr:9").scorecards.get(person.interview.id)
    entries = stores.audit.entries(f"interview:{person.interview.id}")
    assert [(e.actor, e.action) for e in entries[-2:]] == [
        ("system", "scorecard.published"),
        ("hr:9", "scorecard.read"),
    ]
    stores.candidates.destroy_key(person.candidate.id)
    with pytest.raises(NotFound, match="erased"):
        stores.scorecards.get(person.interview.id)
    with pytest.raises(NotFound, match="erased"):
        stores.scorecards.publish(card_for(person.interview.id))


def test_reviews_that_wait_are_the_newest_questions_without_an_answer(stores: Stores) -> None:
    first, second, third = (enrol(stores).interview.id for _ in range(3))
    for interview in (first, second, third):
        stores.reviews.ask(interview, "artifact", ["policy", "live.low_coverage"])
    stores.reviews.answer(second, "artifact", "publish:evidence_supports_card")
    stores.reviews.answer(third, "artifact", "withhold:recording_unusable")
    stores.reviews.ask(third, "artifact", ["low_agreement"])
    waiting = [one for one in stores.reviews.waiting() if one.interview_id in (first, second, third)]
    assert [(one.interview_id, one.codes) for one in waiting] == [
        (first, ("policy", "live.low_coverage")), (third, ("low_agreement",)),
    ]  # fmt: skip
    assert waiting[0].at < waiting[1].at
