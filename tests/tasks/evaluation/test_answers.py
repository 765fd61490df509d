"""Similar past answers on real stores: a real embedded Chroma, real keys and consents, the real encoder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import update

from include.interview.answer_index.records import AnswerKey
from include.interview.errors import BadInput, NotFound
from include.settings import Settings
from include.storage import Stores
from include.storage.database import tables as t
from tasks.evaluation.answers import (
    forget_answers,
    near_identical,
    rebuild_index,
    search_answers,
    search_like,
)
from tasks.evaluation.similar_evidence import similar_by_criterion
from tests.support.indexed_answers import publish_answers
from tests.support.installation import installed

pytestmark = pytest.mark.services

OUTAGES = (
    (
        "지난해 결제 서비스에서 장애가 자주 발생했습니다. 제가 원인을 분석해 보니 데이터베이스 연결이 "
        "부족했고, 연결 풀을 늘리고 느린 질의를 고쳤습니다."
    ),
    (
        "작년에 결제 시스템이 자주 멈췄는데 살펴보니 디비 커넥션이 모자랐습니다. 그래서 커넥션 풀을 키우고 "
        "쿼리를 최적화했습니다."
    ),
    "Last year our payment service failed often. I analysed the cause, found that we ran out of database "
    "connections, "
    "enlarged the pool and fixed slow queries.",
    (
        "결제 서버 장애가 반복되어 로그를 살폈고 데이터베이스 연결 수가 부족하다는 것을 찾아 설정을 바꾸고 "
        "질의를 개선했습니다."
    ),
    (
        "Our payment system kept going down because of too few database connections. I raised the limit and "
        "rewrote slow queries."
    ),
    "결제 장애를 맡아 데이터베이스 연결 풀 설정을 고치고 오래 걸리는 질의를 줄였습니다.",
)
QUARREL = (
    "팀원 두 명이 설계 방향을 두고 다투었습니다. 각자의 의견을 따로 들은 뒤 함께 모여서 기준을 정했고 결국 "
    "합의했습니다."
)
ASKED = "데이터베이스 연결이 모자라서 결제 서비스에 장애가 났고 연결 풀과 질의를 고쳤습니다."
MARKER = "Quagmirefield"
OPENING = "general"


@dataclass(frozen=True)
class Index:
    stores: Stores
    settings: Settings
    ids: tuple[str, ...]
    quarrel: str


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    installation = installed(tmp_path_factory.mktemp("answers") / "home")
    with installation.stores() as stores:
        ids = tuple(
            publish_answers(
                stores,
                installation.settings,
                [text if n else f"{text} {MARKER}"],
                language="en" if text.isascii() else "ko",
            )
            for n, text in enumerate(OUTAGES)
        )
        quarrel = publish_answers(stores, installation.settings, [QUARREL])
        yield Index(stores, installation.settings, ids, quarrel)


@pytest.fixture
def bearing(made: Index) -> Iterator[None]:
    """The answers as evidence: all for experience, all but one for leadership, one alone for culture fit."""
    kept = {one: made.stores.answers.of_interview(one) for one in made.ids}
    for place, (one, stored) in enumerate(kept.items()):
        criteria = ("experience", *(("leadership",) if place != 3 else ()), *(("culture_fit",) if place == 2 else ()))
        cited = [
            msgspec.structs.replace(s, answer=msgspec.structs.replace(s.answer, criteria=criteria)) for s in stored
        ]
        made.stores.answers.replace(one, cited, 365)
    rebuild_index(made.stores)
    yield
    for one, stored in kept.items():
        made.stores.answers.replace(one, stored, 365)
    rebuild_index(made.stores)


@pytest.mark.usefixtures("bearing")
def test_evidence_like_a_candidates_own_is_counted_per_criterion_without_the_candidates(made: Index) -> None:
    before = made.stores.audit.verify().entries
    found = similar_by_criterion(made.stores, made.ids[2])
    assert made.stores.audit.verify().entries == before + 2, "reading the own answers, and one search for all criteria"
    said = {criterion: (one.answers, one.people, one.suppressed) for criterion, one in found.items()}
    # Of six people five others gave such evidence of experience, four of leadership, nobody of culture fit.
    assert said == {"experience": (5, 5, False), "leadership": (None, None, True), "culture_fit": (None, None, True)}
    assert not any(one.details for one in found.values())
    with pytest.raises(NotFound):
        similar_by_criterion(made.stores, "nothing")


def test_both_languages_are_found_and_only_numbers_are_said(made: Index) -> None:
    found = search_answers(made.stores, ASKED, OPENING)
    assert (found.answers, found.people, found.suppressed, found.at_least) == (6, 6, False, False)
    assert found.details is None
    assert MARKER not in msgspec.json.encode(found).decode()
    english = search_answers(made.stores, "payment outages from too few database connections", OPENING)
    assert english.people is not None
    assert english.people >= 5


def test_details_are_asked_for_and_audited(made: Index) -> None:
    found = search_answers(made.stores, ASKED, OPENING, with_details=True)
    assert found.details is not None
    assert {d.interview_id for d in found.details} == set(made.ids)
    assert {d.text.removesuffix(f" {MARKER}") for d in found.details} == set(OUTAGES)
    assert [d.similarity for d in found.details] == sorted((d.similarity for d in found.details), reverse=True)
    entry = [e for e in made.stores.audit.entries(f"opening:{OPENING}") if e.action == "answers.searched"][-1]
    told = msgspec.json.decode(entry.detail)
    assert sorted(told.pop("interviews")) == sorted(made.ids), "whose answers were shown"
    assert told == {"answers": 6, "count": 6, "reason": "details"}


def test_few_are_not_counted_and_the_unlike_are_not_alike(made: Index) -> None:
    found = search_answers(
        made.stores, "두 팀원의 의견이 설계 방향을 두고 부딪혀서 따로 듣고 합의하게 했습니다.", OPENING
    )
    assert (found.suppressed, found.answers, found.people) == (True, None, None)
    assert search_answers(made.stores, ASKED, OPENING, least_similarity=0.99).suppressed


def test_like_one_s_own_answer_leaves_the_own_person_out(made: Index) -> None:
    (own,) = made.stores.answers.of_interview(made.ids[0])
    found = search_like(made.stores, made.ids[0], own.answer.answer_id, with_details=True)
    assert found.details is not None
    assert {d.interview_id for d in found.details} == set(made.ids[1:])
    with pytest.raises(NotFound, match="no indexed answer"):
        search_like(made.stores, made.ids[0], "u9999")


def test_what_is_asked_is_checked(made: Index) -> None:
    with pytest.raises(BadInput, match="characters"):
        search_answers(made.stores, "  ", OPENING)
    with pytest.raises(BadInput, match="cosine"):
        search_answers(made.stores, ASKED, OPENING, least_similarity=1.5)
    with pytest.raises(NotFound, match="opening"):
        search_answers(made.stores, ASKED, "nowhere")


def test_nothing_but_ids_and_numbers_lies_in_chroma_and_nothing_in_the_clear(made: Index) -> None:
    files = [p for p in made.settings.home.rglob("*") if p.is_file()]
    holding = [p for p in files if MARKER.encode() in p.read_bytes() or "데이터베이스".encode() in p.read_bytes()]
    assert holding == []


@pytest.fixture
def own(made: Index, tmp_path: Path) -> Iterator[Index]:
    """The index in an installation of this test alone."""
    installation = installed(tmp_path / "home")
    with installation.stores() as stores:
        ids = tuple(publish_answers(stores, installation.settings, [text]) for text in OUTAGES)
        yield Index(stores, installation.settings, ids, "")


def found_ids(index: Index) -> set[str]:
    found = search_answers(index.stores, ASKED, OPENING, with_details=True)
    assert found.details is not None
    return {d.interview_id for d in found.details}


def test_withdrawn_erased_expired_and_unpublished_people_never_appear(own: Index) -> None:
    """Their vectors still lie in Chroma: it is the stores that decide."""
    stores, ids = own.stores, own.ids
    assert found_ids(own) == set(ids)
    people = [stores.interviews.get(i).candidate_id for i in ids]
    consent = next(c for c in stores.consents.list(people[0]) if "ai_evaluation" in c.purposes)
    stores.consents.withdraw(consent.id)
    assert found_ids(own) == set(ids[1:])
    stores.candidates.destroy_key(people[1])
    assert found_ids(own) == set(ids[2:])
    with stores.db.begin() as connection:
        past = datetime.now(UTC) - timedelta(seconds=1)
        connection.execute(
            update(t.answer_index).where(t.answer_index.c.interview_id == ids[2]).values(expires_at=past)
        )
    assert found_ids(own) == set(ids[3:])
    stores.interviews.set_status(ids[3], "review")
    assert found_ids(own) == set(ids[4:])
    assert search_answers(stores, ASKED, OPENING).suppressed


def test_the_index_is_made_again_without_those_who_left(own: Index) -> None:
    stores, ids = own.stores, own.ids
    stores.candidates.destroy_key(stores.interviews.get(ids[0]).candidate_id)
    assert rebuild_index(stores) == (5, 1)
    assert rebuild_index(stores) == (5, 0)
    assert found_ids(own) == set(ids[1:])
    (one,) = stores.answers.of_interview(ids[1])
    assert forget_answers(stores, ids[1]) == 1
    assert forget_answers(stores, ids[1]) == 0
    assert found_ids(own) == set(ids[2:])
    assert one.answer.text == OUTAGES[1]


def test_indexing_again_changes_nothing_and_prolongs_nothing(own: Index) -> None:
    from tasks.evaluation.answers import index_answers
    from tasks.evaluation.context import StepContext

    stores, first = own.stores, own.ids[0]
    before = stores.answers.of_interview(first)
    with stores.db.connect() as connection:
        ends = connection.execute(t.answer_index.select()).mappings().all()
    (scored,) = stores.artifacts.list(first, "score")
    assert index_answers(StepContext(stores, own.settings, first), scored) == 1
    with stores.db.connect() as connection:
        again = connection.execute(t.answer_index.select()).mappings().all()
    assert stores.answers.of_interview(first) == before
    assert {(r["interview_id"], r["expires_at"]) for r in ends} == {(r["interview_id"], r["expires_at"]) for r in again}
    assert len(found_ids(own)) == len(own.ids)


COPY = (
    "지난해 결제 서비스에서 장애가 자주 발생했습니다. 제가 원인을 분석해 보니 데이터베이스 연결이 부족했고, "
    "연결 풀을 늘리고 느린 질의를 고쳐서 "
    "장애를 절반으로 줄였습니다. 그 뒤로는 배포 전에 부하 시험을 하도록 팀의 절차를 바꾸었고, 다음 분기에는 "
    "장애가 한 번도 없었습니다."
)


def test_copies_of_two_candidates_are_a_sign_and_one_s_own_repetition_is_none(tmp_path: Path) -> None:
    installation = installed(tmp_path / "home")
    greeting = "안녕하세요. 만나 뵙게 되어 반갑습니다. 오늘 면접 기회를 주셔서 감사합니다. 잘 부탁드립니다."
    with installation.stores() as stores:
        first = publish_answers(stores, installation.settings, [greeting, COPY])
        person = stores.interviews.get(first).candidate_id
        publish_answers(stores, installation.settings, [COPY], candidate_id=person)
        other = publish_answers(stores, installation.settings, [greeting, COPY.replace("지난해", "작년에")])
        publish_answers(stores, installation.settings, [greeting, OUTAGES[1]])
        signs = near_identical(stores, other)
        mine = [(s.answer.interview_id, s.other.interview_id) for s in signs]
        assert len(mine) == 2, "the other person's two interviews"
        assert (other, first) in mine
        assert all(s.shared > 0.8 and s.edits < 0.1 and s.similarity > 0.9 for s in signs)
        assert all(isinstance(s.other, AnswerKey) for s in signs)
        stores.candidates.destroy_key(person)
        assert near_identical(stores, other) == ()
