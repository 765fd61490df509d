"""Runs one command under each instruction set that this processor has, one after the other, and prints a table.

    python -m tests.support.processors [--only NAME,...] -- COMMAND [ARGUMENT ...]

The same sound may give other words on another processor, because sums are rounded elsewhere. What decides is mostly
who multiplies the matrices of the speech model: MKL on Intel's processors, oneDNN on all others, each with the best
instructions it finds. So "native" leaves everything as it is, and every other set is what a processor of another maker
would do that has these instructions and no better ones. `CT2_FORCE_CPU_ISA` alone does not do that: it leaves the
matrices alone.

Told to keep to a set: CTranslate2 and its oneDNN (Whisper), torch with its oneDNN and MKL (voices, sentence
embeddings), numpy and OpenBLAS. onnxruntime (voice activity) and MediaPipe cannot be told.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

NATIVE = "native"


@dataclass(frozen=True)
class InstructionSet:
    """`flags`: what /proc/cpuinfo must list. `numpy`: dispatched features that numpy may use."""

    name: str
    flags: frozenset[str]
    environment: Mapping[str, str]
    numpy: frozenset[str] = frozenset()


def _set(name: str, flags: str, onednn: str, torch: str, mkl: str, openblas: str, numpy: str = "") -> InstructionSet:
    environment = {
        "CT2_FORCE_CPU_ISA": name,
        "CT2_USE_MKL": "0",
        "ONEDNN_MAX_CPU_ISA": onednn,
        "ATEN_CPU_CAPABILITY": torch,
        "MKL_ENABLE_INSTRUCTIONS": mkl,
        "OPENBLAS_CORETYPE": openblas,
    }
    return InstructionSet(name, frozenset(flags.split()), environment, frozenset(numpy.split()))


_V3 = "X86_V3 AVX F16C FMA3 AVX2"
SETS = (
    _set("GENERIC", "sse4_1", "SSE41", "default", "SSE4_2", "Nehalem"),
    # MKL without AVX2: it warns on the output of every program that uses no more than AVX.
    _set("AVX", "avx", "AVX", "default", "SSE4_2", "Sandybridge", "AVX F16C"),
    _set("AVX2", "avx2 fma", "AVX2", "avx2", "AVX2", "Haswell", _V3),
    _set("AVX512", "avx512f avx512dq avx512bw avx512vl", "AVX512_CORE", "avx512", "AVX512", "SkylakeX",
         f"{_V3} X86_V4 AVX512F AVX512CD AVX512_SKX"),
)  # fmt: skip
"""From the least to the most."""


def sets_of(cpuinfo: str, machine: str) -> tuple[InstructionSet, ...]:
    """What a processor offers: `machine` as `platform.machine` says, `cpuinfo` as /proc/cpuinfo does."""
    native = InstructionSet(NATIVE, frozenset(), {})
    if machine not in ("x86_64", "AMD64"):
        return (native,)
    lines = (line.partition(":") for line in cpuinfo.splitlines())
    flags = next((frozenset(value.split()) for key, _, value in lines if key.strip() == "flags"), frozenset())
    return (native, *(one for one in SETS if one.flags <= flags))


def numpy_refusals(one: InstructionSet, dispatched: Iterable[str], features: Mapping[str, bool]) -> str:
    """What numpy must not use, as its variable NPY_DISABLE_CPU_FEATURES wants it."""
    return " ".join(name for name in dispatched if features.get(name) and name not in one.numpy)


def environment_of(one: InstructionSet) -> dict[str, str]:
    """The variables under which programs keep to the set."""
    if one.name == NATIVE:
        return {}
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

    return {**one.environment, "NPY_DISABLE_CPU_FEATURES": numpy_refusals(one, __cpu_dispatch__, __cpu_features__)}


def run(sets: Iterable[InstructionSet], command: list[str]) -> int:
    """Run `command` under each of `sets`; 0 when it succeeded under all, else 1."""
    done: list[tuple[str, int, float]] = []
    for one in sets:
        chosen = environment_of(one)
        print(f"\n=== {one.name}: {' '.join(f'{k}={v!r}' for k, v in chosen.items()) or 'as it is'}", flush=True)  # noqa: T201
        begun = time.monotonic()
        code = subprocess.run(command, env={**os.environ, **chosen}, check=False).returncode
        done.append((one.name, code, time.monotonic() - begun))
    print(f"\n{'instructions':<14}{'result':<12}{'seconds':>8}")  # noqa: T201
    for name, code, seconds in done:
        print(f"{name:<14}{'passed' if code == 0 else f'failed ({code})':<12}{seconds:>8.0f}")  # noqa: T201
    return int(any(code for _, code, _ in done))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", type=lambda text: text.split(","), metavar="NAME,...", help="these sets only")
    parser.add_argument("command", nargs="+", help="what to run, after --")
    given = parser.parse_args()
    cpuinfo = Path("/proc/cpuinfo")
    found = sets_of(cpuinfo.read_text(encoding="utf-8") if cpuinfo.exists() else "", platform.machine())
    unknown = set(given.only or ()) - {one.name for one in found}
    if unknown:
        parser.error(f"this processor has {', '.join(one.name for one in found)}, not {', '.join(sorted(unknown))}")
    return run([one for one in found if not given.only or one.name in given.only], given.command)


if __name__ == "__main__":
    sys.exit(main())
