"""Who writes the suggested questions: the rules, or the judge model where one is configured. Blocking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from include.interview.case import Case
from include.judgement.follow_ups import FollowUp, follow_ups
from include.judgement.keywords import Mention
from include.settings import Settings


def write_questions(
    case: Case, used: Mapping[str, Sequence[Mention]], past: Sequence[str], settings: Settings
) -> tuple[FollowUp, ...]:
    """Questions worth asking next, best first.

    Args:
        used: keyword → its uses so far. past: texts that were suggested before.
    """
    return follow_ups(case, used)
