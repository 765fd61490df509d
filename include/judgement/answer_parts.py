"""Which parts of an account an answer lacks: situation, task, action, result. For showing what many answers lack."""

from __future__ import annotations

from typing import get_args

from include.interview.answer_index.records import EpisodePart
from include.interview.case import Case
from include.judgement.analysis import AnswerParts, analyse
from include.judgement.components import star_of
from include.judgement.follow_ups import ABSENT, LEAST_WORDS, parts_of

NO_EPISODE = ("q_intro", "q_motivation", "q_closing")
"""Kinds of questions that ask for no account of something that happened."""


def missing_parts(case: Case) -> dict[str, tuple[EpisodePart, ...]]:
    """Answer id (its first utterance) -> the parts that were not told, for answers that can be read so.

    Left out: answers under `LEAST_WORDS` and those to questions that ask for no account. A part counts as not told
    below the strength from which a follow-up question would ask for it.
    """
    found: dict[str, tuple[EpisodePart, ...]] = {}
    analysis = analyse(case)
    for answer in case.answers:
        parts = parts_of(analysis, answer)
        if parts is not None and _asks_for_account(parts):
            star = star_of(parts)
            found[answer.utterances[0].id] = tuple(p for p in get_args(EpisodePart) if star[p] < ABSENT)
    return found


def _asks_for_account(parts: AnswerParts) -> bool:
    return parts.n_words >= LEAST_WORDS and parts.kind not in NO_EPISODE
