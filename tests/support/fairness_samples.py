"""Published fairness reports of made-up people, with a large difference, a small group and a worse recognition."""

from __future__ import annotations

import random

from include.interview.fairness.records import FairnessReport, Person, PublishedReport, Sample
from include.statistics.fairness import fairness_report

SUBJECTS = ("decisions", "ai", "ai/language", "ai/recognition")


def sample(subject: str, *, people: int = 400, seed: int = 7) -> Sample:
    """People of three sexes (one small) and two ages; women are chosen and recognised less often."""
    source = random.Random(seed)  # noqa: S311 - made-up people
    found = []
    for i in range(people):
        sex = "another" if i % 67 == 0 else source.choice(["female", "male"])
        age = source.choice(["under_30", "from_30_to_39", None])
        woman = sex == "female"
        chosen = source.random() < (0.2 if woman else 0.42)
        score = source.gauss(55 if woman else 60, 10)
        if subject.endswith("recognition"):
            found.append(Person((sex, age), source.random() < (0.7 if woman else 0.95), source.gauss(0.8, 0.05)))
        else:
            found.append(
                Person(
                    (sex, age), chosen if subject == "decisions" else None, None if subject == "decisions" else score
                )
            )
    return Sample(("sex", "age_band"), tuple(found))


def report(subject: str) -> FairnessReport:
    """The published figures of `sample(subject)`."""
    return fairness_report(sample(subject))


def published() -> list[PublishedReport]:
    """One published report per subject."""
    return [
        PublishedReport(
            f"00000000-0000-4000-8000-00000000000{i}", "opening", subject, "2026-11-23T03:00:00+00:00", report(subject)
        )
        for i, subject in enumerate(SUBJECTS)
    ]
