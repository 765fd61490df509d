"""The word features of one interview as measures, for a table with one column each."""

from __future__ import annotations

from include.interview.case import Case
from include.interview.records import Measure
from include.judgement.analysis import CATEGORIES
from include.judgement.offline import read


def measures(case: Case) -> tuple[Measure, ...]:
    """Every fact and component of the offline judge for `case`, in a fixed order; names are unique.

    Rates are per 100 words of counted sentences, `*_share` in [0, 1], `c_*` are the judge's components in [0, 1].
    Components that the case has no basis for (keywords, documents) have the value None and a reason.
    """
    analysis, reading = read(case)
    facts = reading.facts
    n = round(facts.words)
    plain: list[tuple[str, float, str]] = [
        ("answers", facts.answers, "count"),
        ("content_words", facts.words, "words"),
        ("words_per_answer", facts.words_per_answer, "words"),
        ("unique_words", facts.distinct, "words"),
        ("filler_word_share", facts.filler_share, "share"),
        ("restarts_per_100w", facts.restarts, "1/100 words"),
        ("word_mattr", facts.mattr, "share"),
        ("long_word_share", facts.long_share, "share"),
        ("connectives_per_answer", facts.distinct_connectives, "count"),
        ("signposts_per_answer", facts.distinct_organising, "count"),
        ("first_person_singular_per_100w", facts.i_rate, "1/100 words"),
        ("first_person_plural_per_100w", facts.we_rate, "1/100 words"),
        ("first_person_plural_share", facts.we_share, "share"),
        ("acts_per_100w", facts.act_rate, "1/100 words"),
        ("details_per_100w", facts.detail_rate, "1/100 words"),
        ("counted_share", facts.counted_share, "share"),
        ("questions_asked_back", facts.asks, "count"),
        ("instructions_to_judge", analysis.instructions, "count"),
    ]
    plain += [(f"{category}_per_100w", facts.rates[category], "1/100 words") for category in CATEGORIES]
    found = [Measure(name=name, value=float(value), unit=unit, n=n) for name, value, unit in plain]
    for name in (*reading.components, *(k for k in ("keywords", "documents") if k not in reading.components)):
        value = reading.components.get(name)
        found.append(
            Measure(name=f"c_{name}", value=value, unit="share", n=n, reason=None if value is not None else "no_basis")
        )
    return tuple(found)
