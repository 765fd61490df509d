"""The facets that define the criteria, and how surely one sentence shows each.

A sentence shows a facet when it lies near the facet's examples (lexicon/facets.yaml), nearer than to those of every
other criterion of the stage, and nearer than to talk that shows nothing. So one sentence counts for one criterion, and
fluent or long talk alone for none. docs/scoring.md lists the constants.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from include.interview.records import Stage
from include.judgement.tokens import Words

FACETS: dict[Stage, dict[str, tuple[str, ...]]] = {
    "ai": {
        "psychological": ("own_error", "correction", "follow_through"),
        "cognitive": ("cause", "alternatives", "check"),
        "job_fit": ("job_deed", "motivation", "job_knowledge"),
    },
    "practical": {
        "answer_quality": ("reason", "exception", "verified"),
        "emotion": ("concession", "position", "coping"),
    },
    "executive": {
        "leadership": ("direction", "entrusting", "accountability", "developing"),
        "strategic_thinking": ("choice", "resources", "risk", "indicators"),
        "experience": ("scope", "own_part", "outcome", "transfer"),
        "culture_fit": ("value_cost", "ethics", "inclusion", "speaking_up"),
    },
}
"""Facets of the criteria that are told by what is said, not by how."""
JOB_FACET = "job_deed"
"""Measured by nearness to what the opening says of the job instead of by examples."""
EXAMPLES_OF = {"reason": "cause", "verified": "check"}
"""Facets that share the examples of another kind."""
EMPTY_TALK = ("plain", "obeying", "vague", "evasive", "slogans", "team_success", "blaming", "any_job", "small_talk")
"""Kinds of talk that show no facet."""
SHOWN_CENTRE, SHOWN_WIDTH = 0.30, 0.12
"""Nearness at which a sentence is as likely as not of the facet. Wide, because one embedding is a rough measure."""
MARGIN_WIDTH = 0.065
"""Width of the step over the margin to the nearest rival kind; at a margin of 0 the sentence counts half."""
FULL_CONTENT = 7.0
"""Different content words from which a sentence counts in full: the embedding of a scrap says little, and words that
say nothing ("I guess maybe") add nothing."""
JOB_CENTRE, JOB_WIDTH, JOB_MARGIN_WIDTH = 0.32, 0.08, 0.1
"""The same for nearness to the job, whose texts are longer than examples."""
NO_DEED = 0.4
"""What a sentence near the job counts when it tells of nothing done."""


def example_kind(facet: str) -> str:
    """The kind of example sentences that stand for `facet`."""
    return EXAMPLES_OF.get(facet, facet)


def _rivals(stage: Stage, criterion: str) -> tuple[str, ...]:
    others = (f for c, facets in FACETS[stage].items() if c != criterion for f in facets if f != JOB_FACET)
    return (*(example_kind(f) for f in others), *EMPTY_TALK)


RIVALS = {f: _rivals(s, c) for s, by in FACETS.items() for c, facets in by.items() for f in facets}
"""Facet -> the kinds of which none may be nearer."""
EXAMPLES = tuple(dict.fromkeys((*(example_kind(f) for f in RIVALS if f != JOB_FACET), *EMPTY_TALK)))
"""All kinds of examples that are compared with."""


def _step(x: float, centre: float, width: float) -> float:
    return 1.0 / (1.0 + math.exp(-(x - centre) / width))


def shown_by(near: Mapping[str, float], job: float, words: Words) -> dict[str, float]:
    """Facet -> how surely a sentence shows it, in [0, 1].

    `near`: nearness to each of EXAMPLES; `job`: mean cosine to the two nearest texts of the job.
    """
    whole = min(1.0, len(set(words.lemmas)) / FULL_CONTENT)
    found = {}
    for facet, rivals in RIVALS.items():
        if facet == JOB_FACET:
            deed = 1.0 if words.acts_i + words.acts_we + words.past else NO_DEED
            margin = job - max(near["any_job"], near["vague"])
            found[facet] = whole * deed * _step(job, JOB_CENTRE, JOB_WIDTH) * _step(margin, 0.0, JOB_MARGIN_WIDTH)
            continue
        own = near[example_kind(facet)]
        margin = own - max(near[r] for r in rivals)
        found[facet] = whole * _step(own, SHOWN_CENTRE, SHOWN_WIDTH) * _step(margin, 0.0, MARGIN_WIDTH)
    return found
