"""Signs beside a ranking: real vectors, real words; who copied is shown with whom, and keeps the place."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from include.interview.records import CriterionScore
from tasks.ranking.flow import gather, rank_staged
from tasks.ranking.signs import signs_of
from tests.support.indexed_answers import publish_answers
from tests.support.installation import installed
from tests.support.record_builders import card

pytestmark = pytest.mark.services
COPY = (
    "지난해 물류 창고의 재고 수량이 장부와 맞지 않아 매달 손실이 났습니다. 저는 입고와 출고 기록을 한 달 동안 "
    "하나하나 대조해서 바코드가 두 번 찍히는 경우를 찾아냈고, 단말기 설정을 바꾸고 작업 순서를 다시 정해 "
    "석 달 뒤에는 차이를 십분의 일로 줄였습니다."
)
OWN = "팀원 두 명이 설계 방향을 두고 다투었습니다. 의견을 따로 들은 뒤 함께 기준을 정했고 결국 합의했습니다."


def test_who_gave_nearly_the_same_answer_is_shown_with_whom(tmp_path: Path) -> None:
    installation = installed(tmp_path / "home")
    with installation.stores() as stores:
        said = (COPY, COPY.replace("지난해", "작년에"), OWN)
        interviews = [publish_answers(stores, installation.settings, [text]) for text in said]
        (opening,) = stores.openings.list()
        stores.openings.put(msgspec.structs.replace(opening, stage_weights={"executive": 1.0}))
        applications = [stores.interviews.get(one).application_id for one in interviews]
        for place, interview in enumerate(interviews):
            line = CriterionScore("all", "scored", 100.0, 100.0, score=0.5, sem=0.02, points=50.0 + place)
            stores.scorecards.publish(card(interview, 50.0 + place, 2.0, stage="executive", criteria=(line,)))
        (staged,), _ = gather(stores, [opening.id])
        snapshot = rank_staged(staged)
        found = {one.application_id: one for one in signs_of(stores, snapshot, applications)}
        first, second, third = applications
        assert [(s.other_application_id, s.stage) for s in found[first].signs] == [(second, "executive")]
        assert [s.other_interview_id for s in found[second].signs] == [interviews[0]]
        assert found[first].signs[0].shared > 0.8
        assert (found[third].signs, found[third].not_compared) == ((), ())
        assert {one.id for one in snapshot.ranking.candidates} == set(applications), "a sign takes nobody out"
        # Who took consent back is looked for no more, and it is said that nothing was compared.
        stores.consents.withdraw(stores.consents.list(stores.interviews.get(interviews[1]).candidate_id)[0].id)
        after = {one.application_id: one for one in signs_of(stores, snapshot, applications)}
        assert after[first].signs == ()
        assert after[second].not_compared == ("executive",)
