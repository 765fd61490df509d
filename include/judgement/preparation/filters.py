"""Why a question is not proposed, whoever wrote it: leading, double, hypothetical, protected, or about a score.

The same filter stands behind both writers and behind an interviewer's own wording.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import msgspec

from include.interview.preparation.records import QuestionReason
from include.interview.records import Bilingual
from include.interview.transcript.text import fold
from include.judgement.injection import addresses_judge
from include.judgement.lexicon_reading import read_lexicon
from include.judgement.protected_grounds import grounds_asked, may_be_suggested, name_of

FAULTS_FILE = Path(__file__).resolve().parents[1] / "lexicon" / "question_faults.yaml"
LONGEST_QUESTION = 300
"""Characters: two spoken sentences with a quotation."""
PATTERNED = ("hypothetical", "leading", "double", "score")
"""Faults found by patterns, in the order in which they are reported."""
_QUOTED = re.compile(r"[‘“][^’”]{1,120}[’”]")
_ASKS = re.compile(
    r"\?\s*$|(?:주세요|주십시오|주시겠어요|주시기 바랍니다|나요|까요|습니까|가요|세요)\s*[.?!]*$"
    r"|\b(?:tell (?:me|us)|describe|explain|walk (?:me|us) through|give (?:me|us)|share)\b"
    r"|\b(?:what|how|why|when|where|which|who)\b"
)


class _Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reason: Bilingual
    patterns: tuple[str, ...]


@cache
def _faults() -> dict[str, _Fault]:
    return read_lexicon(FAULTS_FILE, dict[str, _Fault])


@cache
def _pattern(code: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in _faults()[code].patterns), re.DOTALL)


def reason_of(code: str, **values: Bilingual) -> QuestionReason:
    """The reason `code` with `values` filled in, each in its language.

    Raises:
        KeyError: no such code, or a value that is missing.
    """
    text = _faults()[code].reason
    texts = (text.text(lang).format(**{n: v.text(lang) for n, v in values.items()}) for lang in ("ko", "en"))
    return QuestionReason(code, Bilingual(*texts))


def fault_of(text: str) -> QuestionReason | None:
    """Why the question `text` is refused, or None when it may be asked.

    Words in quotation marks are the candidate's: they are looked at for protected grounds and instructions only.
    """
    plain = " ".join(text.split())
    if not 0 < len(plain) <= LONGEST_QUESTION:
        return reason_of("length")
    if addresses_judge(plain):
        return reason_of("addresses_judge")
    asked = grounds_asked(plain)
    if asked:
        return reason_of("protected", ground=name_of(asked[0].ground))
    folded = fold(_QUOTED.sub("‘’", plain))
    for code in PATTERNED:
        if _pattern(code).search(folded):
            return reason_of(code)
    if not may_be_suggested(plain):
        return reason_of("protected_word")
    return None if _ASKS.search(folded) else reason_of("not_a_question")
