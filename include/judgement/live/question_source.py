"""Who writes the suggested questions: the rules, or the judge model where one is configured. Blocking.

In stages with probes (`stages.py`) both write probes, with their kind and the criterion the answer speaks to.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import cache

import msgspec

from include.interview.case import Case
from include.interview.errors import JudgeFailure
from include.interview.stages import STAGES
from include.judgement.follow_ups import FollowUp, follow_ups
from include.judgement.keywords import Mention
from include.judgement.live.probes import last_criterion, probes
from include.judgement.live.stories import Probing, stories_of
from include.judgement.question_writer import FOLLOW_UPS, PROBES, QuestionForm, QuestionWriter
from include.settings import JudgeSettings, Settings

log = logging.getLogger(__name__)


def write_questions(
    case: Case, used: Mapping[str, Sequence[Mention]], probing: Probing, settings: Settings
) -> tuple[FollowUp, ...] | None:
    """Questions worth asking next, best first; None when the judge model failed: nobody else writes in its place.

    Args:
        used: keyword → its uses so far. probing: what was suggested and prepared.
    """
    probed = STAGES[case.stage].probes
    if settings.judge.kind == "offline":
        return probes(case, used, probing) if probed else follow_ups(case, used)
    past = (*probing.suggested.values(), *probing.listed)
    try:
        if not probed:
            return _writer(settings.judge, FOLLOW_UPS).write(case, past)
        return _of_criterion(_writer(settings.judge, PROBES).write(case, (*past, *_asked(case))), case, probing)
    except JudgeFailure as failure:
        log.warning("No questions were written.", extra={"code": failure.code})
        return None


def _asked(case: Case) -> tuple[str, ...]:
    return tuple(dict.fromkeys(a.question for a in case.answers if a.question))


def _of_criterion(written: tuple[FollowUp, ...], case: Case, probing: Probing) -> tuple[FollowUp, ...]:
    """A model's probes, counted under the criterion that the last answer speaks to."""
    criterion = last_criterion(case, stories_of(case, probing), probing)
    return tuple(msgspec.structs.replace(f, criterion=criterion) for f in written)


@cache
def _writer(settings: JudgeSettings, form: QuestionForm) -> QuestionWriter:
    return QuestionWriter(settings, form)
