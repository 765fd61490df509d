"""`./triview answers`: numbers, details on request, and the index made again."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.session import local_stores
from tests.support.indexed_answers import publish_answers

pytestmark = pytest.mark.services

ASKED = "데이터베이스 연결 때문에 난 결제 장애를 고쳤습니다."
SAID = "결제 서비스 장애의 원인을 찾아 데이터베이스 연결 설정을 고쳤습니다."


def test_searching_and_making_the_index_again(triview, home: Path) -> None:
    with local_stores() as (stores, settings):
        for _ in range(5):
            publish_answers(stores, settings, [SAID])
    found = triview("answers", "search", ASKED, "--opening", "general", "--json")
    assert found.code == 0, found.err
    assert (found.json["answers"], found.json["people"], found.json["details"]) == (5, 5, None)
    assert "answered 5 times by 5 people" in triview("answers", "search", ASKED, "--opening", "general").out
    detailed = triview("answers", "search", ASKED, "--opening", "general", "--details", "--json").json
    assert [d["text"] for d in detailed["details"]] == [SAID] * 5
    assert triview("answers", "reindex", "--json").json == {"interviews": 5, "removed": 0}
    few = triview("answers", "search", "여름 휴가에 산에 갔습니다.", "--opening", "general")
    assert "Fewer than five people" in few.out


def test_an_opening_that_does_not_exist(triview, home: Path) -> None:
    outcome = triview("answers", "search", ASKED, "--opening", "nowhere")
    assert outcome.code == 2
    assert "nowhere" in outcome.err
