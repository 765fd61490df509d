from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from include.settings import PROJECT_ROOT
from tests.support.expected_skips import NOT_X86
from tests.support.processors import NATIVE, SETS, environment_of, numpy_refusals, run, sets_of

pytestmark = pytest.mark.programs

EPYC = "processor\t: 0\nflags\t\t: fpu sse sse2 sse4_1 sse4_2 avx f16c fma avx2 bmi2\nbugs\t\t: fxsave_leak\n"
XEON = EPYC.replace("bmi2", "bmi2 avx512f avx512dq avx512bw avx512vl")


@pytest.mark.parametrize(
    ("cpuinfo", "machine", "names"),
    [
        (EPYC, "x86_64", [NATIVE, "GENERIC", "AVX", "AVX2"]),
        (XEON, "x86_64", [NATIVE, "GENERIC", "AVX", "AVX2", "AVX512"]),
        ("Features : asimd sve\n", "aarch64", [NATIVE]),
        ("", "x86_64", [NATIVE]),
    ],
)
def test_only_what_the_processor_has(cpuinfo: str, machine: str, names: list[str]) -> None:
    assert [one.name for one in sets_of(cpuinfo, machine)] == names


def test_numpy_is_refused_what_is_beyond_the_set_and_nothing_it_does_not_have() -> None:
    dispatched, has = ["X86_V3", "X86_V4", "AVX512_SPR"], {"X86_V3": True, "X86_V4": True, "AVX512_SPR": False}
    refused = {one.name: numpy_refusals(one, dispatched, has) for one in SETS}
    assert refused == {"GENERIC": "X86_V3 X86_V4", "AVX": "X86_V3 X86_V4", "AVX2": "X86_V4", "AVX512": ""}


def test_libraries_keep_to_the_set() -> None:
    """Torch and numpy say what they use; the least set is one that every x86 processor has."""
    here = [one for one in SETS if one.name == "GENERIC"]
    if not here[0].flags <= _flags():
        pytest.skip(NOT_X86)
    program = (
        "import torch\nfrom numpy._core._multiarray_umath import __cpu_dispatch__ as d, __cpu_features__ as f\n"
        "print(torch.backends.cpu.get_cpu_capability(), any(f.get(n) for n in d))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **environment_of(here[0])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["DEFAULT", "False"], done.stderr


def _flags() -> frozenset[str]:
    cpuinfo = Path("/proc/cpuinfo")
    text = cpuinfo.read_text(encoding="utf-8") if cpuinfo.exists() else ""
    return frozenset(next((line.split() for line in text.splitlines() if line.startswith("flags")), ()))


def test_one_failure_is_a_failure_and_all_are_run(capfd: pytest.CaptureFixture[str]) -> None:
    sets = [one for one in SETS if one.name in ("GENERIC", "AVX")]
    fails_once = "import os, sys; sys.exit(os.environ['CT2_FORCE_CPU_ISA'] == 'GENERIC')"
    assert run(sets, [sys.executable, "-c", fails_once]) == 1
    table = capfd.readouterr().out.splitlines()[-2:]
    assert [line.split()[:2] for line in table] == [["GENERIC", "failed"], ["AVX", "passed"]]
    assert run(sets, [sys.executable, "-c", ""]) == 0


def test_a_set_that_is_not_here_is_named() -> None:
    command = [sys.executable, "-m", "tests.support.processors", "--only", "MMX", "--", "true"]
    done = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "MMX" in done.stderr
