"""Builders of small records for the tests of the domain."""

from __future__ import annotations

from include.interview.records import (
    Bilingual,
    CriterionScore,
    Insufficiency,
    JudgeIdentity,
    Judgement,
    Quote,
    Scorecard,
    Transcript,
    Utterance,
    Word,
)

OFFLINE = JudgeIdentity(name="offline", kind="offline", model="m", version="1")
RULES = JudgeIdentity(name="rules", kind="rules", model="", version="1")
QUOTE = Quote(utterance_id="u0001", text="I led the team", start_s=1.0, end_s=2.0)
WHY = Insufficiency("low_coverage", Bilingual("관찰이 부족합니다.", "Too little was observed."), 0.2)


def judgement(criterion, level, *, run=0, sem=None, judge=OFFLINE, evidence=(QUOTE,), reason=None, **more):
    return Judgement(
        criterion=criterion,
        run=run,
        level=level,
        judge=judge,
        rationale=Bilingual("까닭", "reason"),
        sem=sem,
        evidence=evidence,
        reason=reason,
        **more,
    )


def utterance(id_, role, text, start_s=None, end_s=None, words=()):
    return Utterance(id=id_, speaker=role, role=role, text=text, start_s=start_s, end_s=end_s, words=words)


def spoken(text, start_s=0.0, probability=0.9, word_s=0.4):
    """Words of `text`, one after the other, each `word_s` long."""
    return tuple(
        Word(w, start_s + i * word_s, start_s + (i + 1) * word_s, probability) for i, w in enumerate(text.split())
    )


def speech(text, *, language="en", probability=0.9, coverage=0.95, language_probability=0.99, flags=()):
    words = spoken(text, probability=probability)
    return Transcript(
        source="speech",
        language=language,
        language_probability=language_probability,
        utterances=(utterance("u0001", "candidate", text, 0.0, len(words) * 0.4, words),),
        coverage=coverage,
        confidence=probability,
        flags=flags,
    )


def card(interview_id, total, sem, **changes):
    fields = {
        "interview_id": interview_id,
        "stage": "ai",
        "status": "complete",
        "total": total,
        "total_sem": sem,
        "criteria": (CriterionScore("language", "scored", 30.0, 30.0, score=0.5, level=3.0, sem=0.1, points=15.0),),
        "profile": "standard",
        "rubric_version": "1",
        "pipeline_version": "1",
    }
    return Scorecard(**{**fields, **changes})
