"""A skip fails the run where CI=true and the machine does not explain it, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import expected_skips
from tests.support.expected_skips import CAUSES, NO_SHARED_MEDIA, objection_to

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.slow

SUITE = """
    import pytest
    from tests.support.expected_skips import NO_SHARED_MEDIA

    def test_shared(): pytest.skip(f"{NO_SHARED_MEDIA}: a.wav")
    @pytest.mark.skipif(True, reason="model weights are not here")
    def test_weights(): pass
    @pytest.fixture
    def browser(): pytest.skip("Chromium is not installed.")
    def test_page(browser): pass
    @pytest.mark.xfail(reason="a known fault", strict=True)
    def test_fault(): assert False
    def test_passes(): pass
"""


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("CI", "true")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makepyfile(SUITE)
    return pytester


def run(suite: pytest.Pytester) -> pytest.RunResult:
    return suite.runpytest_inprocess("-p", "tests.support.expected_skips", "-p", "no:cacheprovider", "-ra")


@pytest.fixture
def shared_media(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the recordings would be; the folder does not exist yet."""
    monkeypatch.setattr(expected_skips, "SHARED_MEDIA", tmp_path / "recordings")
    return tmp_path / "recordings"


def test_where_the_cause_is_true_the_skip_stands(suite: pytest.Pytester, shared_media: Path) -> None:
    done = run(suite)
    done.assert_outcomes(passed=1, skipped=1, failed=0, errors=2, xfailed=1)
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    done.stdout.fnmatch_lines([
        "SKIPPED*no shared recordings: a.wav",
        "ERROR*::test_weights - Skipped for a reason that no machine * has: 'model weights are not here'.*",
        "ERROR*::test_page - Skipped for a reason that no machine * has: 'Chromium is not installed.'.*",
    ])  # fmt: skip


def test_where_the_cause_is_not_true_the_skip_fails(suite: pytest.Pytester, shared_media: Path) -> None:
    shared_media.mkdir()
    done = run(suite)
    done.assert_outcomes(passed=1, failed=1, errors=2, xfailed=1)
    done.stdout.fnmatch_lines(["FAILED*::test_shared - Skipped for a cause that is not true on this machine: *"])


@pytest.mark.parametrize("value", [None, "", "false"])
def test_outside_ci_every_skip_stands(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("CI") if value is None else monkeypatch.setenv("CI", value)
    done = run(suite)
    done.assert_outcomes(passed=1, skipped=3, xfailed=1)
    assert done.ret == pytest.ExitCode.OK


def test_a_module_that_skips_itself_is_an_error(suite: pytest.Pytester) -> None:
    suite.makepyfile(test_optional="import pytest\npytest.importorskip('no_such_library')\n")
    done = run(suite)
    assert done.ret == pytest.ExitCode.INTERRUPTED
    done.stdout.fnmatch_lines(["ERROR test_optional.py - Skipped for a reason that no machine that CI runs on has:*"])


def test_every_cause_can_be_asked_on_this_machine() -> None:
    for cause, is_true in CAUSES.items():
        assert isinstance(is_true(), bool)
        assert (objection_to(f"{cause}: more words") is None) == is_true()


def test_no_cause_hides_behind_another() -> None:
    assert not [(a, b) for a in CAUSES for b in CAUSES if a != b and a.startswith(b)]
    assert objection_to("something else") is not None
    assert NO_SHARED_MEDIA in (objection_to("something else") or "")
