"""The hand-written claims: files of transcripts with true claims and with claims that are false in a known way."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from include.interview.insight.records import Claim, ClaimText
from include.interview.insight.sources import InsightSource, Passages, passages_of
from include.interview.transcript.typed import parse_transcript
from include.judgement.insight.verification import verify_one

CLAIMS_DIR = Path(__file__).resolve().parent / "claims"
FALSE = ("negation", "entity", "number", "interviewer")
TURNED = ("reversed", "roles")
"""False in how things stand to one another: comparisons, causes and sequences turned round; somebody else's deed."""
KINDS = ("strength", "risk", "contradiction", "open_question")


@cache
def _file(name: str) -> dict[str, str]:
    found: dict[str, str] = yaml.safe_load((CLAIMS_DIR / f"{name}.yaml").read_text(encoding="utf-8"))
    if "transcript_of" in found:
        found["transcript"] = _file(found["transcript_of"])["transcript"]
    return found


def names(folder: str, language: str) -> list[str]:
    """The files of a folder of claims ("" or "sealed") in `language`, by name."""
    there = sorted(p.stem for p in (CLAIMS_DIR / folder).glob(f"{language}_*.yaml"))
    return [f"{folder}/{stem}" if folder else stem for stem in there]


def language_of(name: str) -> str:
    """The language of a file of claims: "en" or "ko"."""
    return name.rpartition("/")[2][:2]


@cache
def passages(name: str) -> Passages:
    """The passages of the file's transcript, as of an executive interview."""
    return passages_of([InsightSource("executive", "executive", parse_transcript(_file(name)["transcript"], name))])


def claims(name: str, kind: str) -> tuple[Claim, ...]:
    """The claims of one list of the file; a claim is a strength unless its kind stands before the ids."""
    found = []
    for number, line in enumerate(_file(name).get(kind, "").splitlines()):
        before, text = (part.strip() for part in line.split("|", 1))
        said = ClaimText(ko=text) if language_of(name) == "ko" else ClaimText(en=text)
        first, *others = before.split()
        of, cites = (first, others) if first in KINDS else ("strength", [first, *others])
        found.append(Claim(f"{kind}-{number}", of, said, tuple(cites)))
    return tuple(found)


@cache
def _accepted(name: str) -> frozenset[str]:
    """Ids of all claims of the file that pass: verified together, while the file's words are at hand."""
    there = passages(name)
    every = [c for kind in ("true", *FALSE, *TURNED) for c in claims(name, kind)]
    return frozenset(c.id for c in every if verify_one(c, there).status == "accepted")


def accepted(name: str, kind: str) -> list[str]:
    """Ids of the claims of one list that pass verification."""
    return [c.id for c in claims(name, kind) if c.id in _accepted(name)]


def transcript_text(name: str) -> str:
    """The labelled lines of the file's transcript."""
    return _file(name)["transcript"]
