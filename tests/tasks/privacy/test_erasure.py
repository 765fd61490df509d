"""Erasing a person with three stages from every store, looked for byte by byte; cut short at every step; replayed."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import pytest
from nacl.signing import VerifyKey
from sqlalchemy import LargeBinary, select

from include.interview.applications import Decision
from include.interview.contests import ContestAnswer, Objection
from include.interview.errors import BadInput, ConsentMissing, NotFound, ServiceFailure
from include.interview.privacy.erasure import ErasureReceipt, SignedReceipt, Sink, SinkCount
from include.settings import Settings, load_settings
from include.storage import Stores, open_stores, upgrade
from include.storage.database import tables as t
from tasks.evaluation.context import StepContext
from tasks.privacy.erasure import Outside, erase_candidate, replay_erasures
from tests.support.insight_sessions import awaiting

pytestmark = pytest.mark.slow

VECTORS = np.random.default_rng(5).normal(size=(6, 512)).astype("<f4")


@dataclass(frozen=True)
class Home:
    """An installation with two people; `gone` is to be erased, `stays` is not."""

    settings: Settings
    gone: str
    stays: str
    stays_interview: str


def settings_of(home: Path) -> Settings:
    return load_settings({"TRIVIEW_HOME": str(home), "TRIVIEW_JUDGE": "offline"})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Two people with stored interviews, insights, decisions, declarations and vectors, by the real steps."""
    from tasks.administration import prepare_home

    settings = settings_of(tmp_path_factory.mktemp("erasure") / "home")
    prepare_home(settings)
    with open_stores(settings) as stores:
        upgrade(stores.db)
        people = [awaiting(stores, settings, language).session for language in ("en", "ko")]
        for session, vectors in zip(people, (VECTORS[:3], VECTORS[3:]), strict=True):
            application = stores.interviews.get(session.id).application_id
            stores.acting_as("hr:1").decisions.record(
                application, Decision("in_process", "stage_begins", "Zebulon spoke well")
            )
            stores.interviews.set_status(session.id, "published")
            objection = Objection(("other",), "Zebulon was misheard", "en")
            contest = stores.contests.open(session.id, session.candidate_id, objection).standing.id
            again = ContestAnswer("evaluated_again", "Zebulon is heard again")
            stores.acting_as("hr:1").contests.answer(contest, again, ())
            stores.vectors.put_answers(
                session.id, [(f"u{n}", [float(x) for x in v]) for n, v in enumerate(vectors)], opening_id="one"
            )
            stores.accounts.create(f"login-{session.language}", "a long enough password", "candidate",
                                   session.candidate_id)  # fmt: skip
    return Home(settings, people[0].candidate_id, people[1].candidate_id, people[1].id)


@pytest.fixture
def home(made: Home, tmp_path: Path) -> Home:
    """A copy of it for this test alone."""
    shutil.copytree(made.settings.home, tmp_path / "home")
    return Home(settings_of(tmp_path / "home"), made.gone, made.stays, made.stays_interview)


@pytest.fixture
def stores(home: Home) -> Iterator[Stores]:
    with open_stores(home.settings) as opened:
        yield opened


def erase(stores: Stores, candidate: str, outside: Outside | None = None) -> ErasureReceipt | SignedReceipt:
    return asyncio.run(erase_candidate(stores, outside or Outside(), candidate))


def replay(stores: Stores) -> tuple[int, int]:
    return asyncio.run(replay_erasures(stores, Outside()))


def counts(receipt: ErasureReceipt) -> dict[Sink, tuple[int, int]]:
    return {one.sink: (one.before, one.after) for one in receipt.sinks}


def ciphertexts(stores: Stores, candidate: str) -> list[bytes]:
    """Every sealed value and wrapped key of a person, read from every table that leads to them."""
    interviews = [i.id for i in stores.interviews.list() if i.candidate_id == candidate]
    applications = {stores.interviews.get(i).application_id for i in interviews}
    found: list[bytes] = []
    with stores.db.connect() as connection:
        cards = list(
            connection.execute(select(t.scorecards.c.id).where(t.scorecards.c.interview_id.in_(interviews))).scalars()
        )
        owners = {
            "candidate_id": {candidate},
            "interview_id": set(interviews),
            "application_id": applications,
            "scorecard_id": set(cards),
            "id": {candidate},
        }
        for table in t.metadata.sorted_tables:
            binary = [c for c in table.columns if isinstance(c.type, LargeBinary) or c.name.startswith("sealed")]
            for row in connection.execute(select(table)).mappings() if binary else ():
                if any(row.get(name) in ids for name, ids in owners.items() if name in table.columns):
                    found += [row[c.name] for c in binary if isinstance(row[c.name], bytes) and row[c.name]]
    return found


def files_with(folder: Path, needles: list[bytes]) -> list[str]:
    contents = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return [str(path) for path, content in contents.items() if any(needle in content for needle in needles)]


def test_nothing_of_the_person_is_left_in_any_file_and_the_other_person_is_untouched(
    home: Home, stores: Stores
) -> None:
    needles = ciphertexts(stores, home.gone) + [v.tobytes() for v in VECTORS[:3]]
    assert len(needles) > 20
    assert files_with(home.settings.home, needles[-3:]), "what is looked for can be found at first"
    assert files_with(home.settings.home, needles[:1])
    before = set(stores.objects.names())
    others = ciphertexts(stores, home.stays)
    signed = erase(stores, home.gone)
    assert isinstance(signed, SignedReceipt)
    held = counts(signed.receipt)
    assert all(after == 0 for _, after in held.values())
    assert held["key"] == (1, 0)
    assert held["vectors"] == (3, 0)
    assert held["sealed_columns"][0] >= 3, "name, reason of the decision, login"
    assert held["objects"][0] == len(before - set(stores.objects.names()))
    assert held["rows"][0] > 10
    assert files_with(home.settings.home, needles) == []
    assert ciphertexts(stores, home.gone) == []
    assert ciphertexts(stores, home.stays) == others
    assert stores.candidates.get(home.stays).name
    assert stores.insights.list(home.stays_interview)
    assert [one.words for one in stores.contests.of_interview(home.stays_interview)] == ["Zebulon was misheard"]
    assert [one.candidate_id for one in stores.contests.list(None)] == [home.stays]
    assert stores.vectors.count([home.stays_interview]) == 3
    with pytest.raises(NotFound) as gone:
        stores.candidates.get(home.gone)
    assert gone.value.code == "erased"
    assert stores.audit.verify().intact
    public, signature = (base64.b64decode(part) for part in (signed.public_key, signed.signature))
    plain = json.dumps(
        msgspec.to_builtins(signed.receipt), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()
    VerifyKey(public).verify(plain, signature)
    assert erase(stores, home.gone) == signed, "asked again, the same receipt"


def _kill(monkeypatch: pytest.MonkeyPatch, owner: object, name: str, *, after: bool) -> None:
    """Have the process die in the first call of `owner.name`, before it did anything or when it was done."""
    real = getattr(owner, name)

    def dying(*arguments: object, **options: object) -> object:
        if after:
            real(*arguments, **options)
        raise KeyboardInterrupt

    monkeypatch.setattr(owner, name, dying)


STEPS: list[tuple[str, Callable[[Stores], object]]] = [
    ("begin", lambda s: s.erasures),
    ("add", lambda s: s.erasure_list),
    ("withdraw", lambda s: s.consents),
    ("destroy_key", lambda s: s.erasures),
    ("note", lambda s: s.erasures),
    ("remove", lambda s: s.objects),
    ("erase", lambda s: s.vectors),
    ("remove_rows", lambda s: s.erasures),
    ("left", lambda s: s.erasures),
    ("complete", lambda s: s.erasures),
]


def test_cut_short_at_any_step_and_repeated_it_gives_the_same_figures(home: Home, tmp_path: Path) -> None:
    with open_stores(home.settings) as stores:
        whole = erase(stores, home.stays)
        assert isinstance(whole, SignedReceipt)
        for name, owner in STEPS:
            for after in (False, True):
                with pytest.MonkeyPatch.context() as patch:
                    _kill(patch, owner(stores), name, after=after)
                    with pytest.raises(KeyboardInterrupt):
                        erase(stores, home.gone)
        done = erase(stores, home.gone)
        assert isinstance(done, SignedReceipt)
        held = counts(done.receipt)
        assert all(after == 0 for _, after in held.values())
        assert held.keys() == counts(whole.receipt).keys()
        assert held["key"] == (1, 0)
        assert held["vectors"] == (3, 0)
        assert held["objects"][0] > 3
        assert held["rows"][0] > 10
        assert stores.audit.verify().intact


def test_a_place_that_does_not_answer_is_named_and_nothing_is_signed(home: Home, stores: Stores) -> None:
    with pytest.MonkeyPatch.context() as patch:

        def away(*_: object) -> int:
            raise ServiceFailure("The vector store failed.", "Try again.", code="vectors")

        patch.setattr(stores.vectors, "count", away)
        partly = erase(stores, home.gone)
    assert isinstance(partly, ErasureReceipt)
    assert partly.unreachable == ("vectors",)
    assert not partly.complete
    assert stores.erasures.receipt(home.gone) is None
    with pytest.raises(NotFound):
        stores.candidates.get(home.gone)
    signed = erase(stores, home.gone)
    assert isinstance(signed, SignedReceipt)
    assert counts(signed.receipt)["vectors"] == (3, 0)
    assert counts(signed.receipt)["key"] == (1, 0)


def test_task_logs_of_the_person_are_removed_and_those_of_others_stay(
    home: Home, stores: Stores, tmp_path: Path
) -> None:
    interview = next(i.id for i in stores.interviews.list() if i.candidate_id == home.gone)
    logs = tmp_path / "logs"
    for run in (f"run_id=ai-{interview}-abc-1", f"run_id=ai-{home.stays_interview}-abc-1"):
        (logs / "dag_id=ai_interview_analysis" / run / "task_id=speech").mkdir(parents=True)
    signed = erase(stores, home.gone, Outside(logs=logs))
    assert isinstance(signed, SignedReceipt)
    assert counts(signed.receipt)["workflow_logs"] == (1, 0)
    assert [path.name for path in logs.glob("*/run_id=*")] == [f"run_id=ai-{home.stays_interview}-abc-1"]


def test_a_restored_backup_is_erased_again_before_it_is_served(home: Home, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    with open_stores(home.settings) as stores:
        _fold(stores)
        shutil.copy(home.settings.home / "triview.db", backup)
        erase(stores, home.gone)
        _fold(stores)
    for name in ("triview.db-wal", "triview.db-shm"):
        (home.settings.home / name).unlink(missing_ok=True)
    shutil.copy(backup, home.settings.home / "triview.db")
    with open_stores(home.settings) as stores:
        assert stores.candidates.get(home.gone).name, "the backup brought the person back"
        assert replay(stores) == (1, 0)
        with pytest.raises(NotFound):
            stores.candidates.get(home.gone)
        assert replay(stores) == (0, 0)
        assert stores.candidates.get(home.stays).name
        assert stores.sweep(0.0) >= 0
        assert stores.erasure_list.ids() == (home.gone,)
        (entry,) = (home.settings.home / "objects" / "lasting" / "erasures").iterdir()
        planted = entry.read_bytes().replace(home.gone.encode(), home.stays.encode())
        for content in (planted, b"{}", b"\xff"):
            entry.with_name(home.stays).write_bytes(content)
            with pytest.raises(ServiceFailure) as refused:
                replay(stores)
            assert refused.value.code == "erasure_list"
        assert stores.candidates.get(home.stays).name, "nobody is erased by what others can write into the storage"


def test_a_hold_that_was_released_before_the_erasure_does_not_stop_its_replay(home: Home, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    with open_stores(home.settings) as stores:
        stores.retention.hold(home.gone, "audit")
        with pytest.raises(BadInput) as held:
            erase(stores, home.gone)
        assert held.value.code == "legal_hold"
        assert stores.candidates.get(home.gone).name
        assert (stores.erasure_list.ids(), stores.erasures.pending()) == ((), ()), "nothing is begun"
        with pytest.MonkeyPatch.context() as patch:  # the hold is placed between the look and the act
            patch.setattr(stores.erasures, "require_no_hold", lambda _: None)
            with pytest.raises(BadInput):
                erase(stores, home.gone)
        assert (stores.erasure_list.ids(), stores.erasures.pending()) == ((), ())
        assert replay(stores) == (0, 0)
        _fold(stores)
        shutil.copy(home.settings.home / "triview.db", backup)
        stores.retention.release(home.gone)
        assert isinstance(erase(stores, home.gone), SignedReceipt)
        _fold(stores)
    for name in ("triview.db-wal", "triview.db-shm"):
        (home.settings.home / name).unlink(missing_ok=True)
    shutil.copy(backup, home.settings.home / "triview.db")
    with open_stores(home.settings) as stores:
        assert replay(stores) == (1, 0)


def test_what_came_after_an_erasure_was_begun_goes_as_well(home: Home, stores: Stores) -> None:
    interview = next(i for i in stores.interviews.list() if i.candidate_id == home.gone)
    with pytest.MonkeyPatch.context() as patch:

        def full(*_: object) -> None:
            raise ServiceFailure("The storage is full.", "Free space.", code="storage_full")

        patch.setattr(stores.erasure_list, "add", full)
        with pytest.raises(ServiceFailure):
            erase(stores, home.gone)
    assert stores.candidates.get(home.gone).name, "it was begun, and nothing was removed"
    later = stores.interviews.create(interview.application_id, "practical", interview.profile, "en")
    stores.media.add(later.id, io.BytesIO(b"came later"), "resume")
    stores.vectors.put_answers(later.id, [("u1", [0.25] * 512)], opening_id="one")
    known = set(stores.objects.names())
    signed = erase(stores, home.gone)
    assert isinstance(signed, SignedReceipt)
    assert counts(signed.receipt)["vectors"] == (4, 0)
    assert stores.vectors.count([later.id]) == 0
    assert stores.media.list(later.id) == ()
    left = known - set(stores.objects.names())
    assert counts(signed.receipt)["objects"] == (len(left), 0)
    with pytest.raises(NotFound) as gone:
        stores.media.add(later.id, io.BytesIO(b"too late"), "cover_letter")
    assert gone.value.code == "erased"


def test_a_place_that_an_earlier_try_knew_is_not_left_out_of_the_receipt(
    home: Home, stores: Stores, tmp_path: Path
) -> None:
    interview = next(i.id for i in stores.interviews.list() if i.candidate_id == home.gone)
    run = tmp_path / "logs" / "dag_id=ai" / f"run_id=ai-{interview}-1"
    run.mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        _kill(patch, stores.erasures, "complete", after=False)
        patch.setattr("shutil.rmtree", lambda *_, **__: None)
        partly = erase(stores, home.gone, Outside(logs=tmp_path / "logs"))
    assert isinstance(partly, ErasureReceipt)
    assert counts(partly)["workflow_logs"] == (1, 1)
    without = erase(stores, home.gone)
    assert isinstance(without, ErasureReceipt)
    assert without.unreachable == ("workflow_logs",)
    whole = erase(stores, home.gone, Outside(logs=tmp_path / "logs"))
    assert isinstance(whole, SignedReceipt)
    assert counts(whole.receipt)["workflow_logs"] == (1, 0)


def test_of_two_who_erase_at_once_the_first_count_stands(home: Home, stores: Stores) -> None:
    found = stores.erasures.begin(home.gone)
    stores.erasures.note(found.erasure_id, SinkCount("vectors", 3, 3))
    kept = stores.erasures.note(found.erasure_id, SinkCount("vectors", 0, 0))
    assert kept.before("vectors") == 3
    assert stores.erasures.begin(home.gone).before("vectors") == 3


def _fold(stores: Stores) -> None:
    with stores.db.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()


def test_nobody_is_erased_by_a_wrong_id(stores: Stores) -> None:
    with pytest.raises(NotFound):
        erase(stores, "00000000-0000-4000-8000-000000000000")


def test_steps_of_a_run_refuse_a_person_whose_erasure_began(home: Home, stores: Stores) -> None:
    from tasks.evaluation.consent_gate import consented

    interview = next(i.id for i in stores.interviews.list() if i.candidate_id == home.gone)
    erase(stores, home.gone)
    with pytest.raises(ConsentMissing):
        consented(StepContext(stores, home.settings, interview))
