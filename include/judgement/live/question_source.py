"""Who writes the suggested questions: the rules, or the judge model where one is configured. Blocking."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import cache

from include.interview.case import Case
from include.interview.errors import JudgeFailure
from include.judgement.follow_ups import FollowUp, follow_ups
from include.judgement.keywords import Mention
from include.judgement.question_writer import QuestionWriter
from include.settings import JudgeSettings, Settings

log = logging.getLogger(__name__)


def write_questions(
    case: Case, used: Mapping[str, Sequence[Mention]], past: Sequence[str], settings: Settings
) -> tuple[FollowUp, ...] | None:
    """Questions worth asking next, best first; None when the judge model failed: nobody else writes in its place.

    Args:
        used: keyword → its uses so far. past: texts that were suggested before.
    """
    if settings.judge.kind == "offline":
        return follow_ups(case, used)
    try:
        return _writer(settings.judge).write(case, past)
    except JudgeFailure as failure:
        log.warning("No questions were written.", extra={"code": failure.code})
        return None


@cache
def _writer(settings: JudgeSettings) -> QuestionWriter:
    return QuestionWriter(settings)
