"""Judgement: from what was said and measured to judged criteria with evidence.

Names are imported from here; the judges themselves load their models only when they are first asked.
"""

from __future__ import annotations

from include.judgement.judging import Judge, judge_criterion, open_judge
from include.judgement.rules import RulesJudge

__all__ = ["Judge", "RulesJudge", "judge_criterion", "open_judge"]
