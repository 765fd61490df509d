"""Milliseconds of the offline judge per answer, and of rendering one report."""

from __future__ import annotations

from typing import Any

from benchmarks.clips import interview_clip
from benchmarks.evaluation import timed
from include.settings import Settings

ROUNDS = 5


def run(settings: Settings, *, quick: bool = False) -> dict[str, Any]:
    """Median milliseconds: all word criteria of one answer, HTML and PDF of the demo interview's card."""
    from cli.demo.video import build_demo_interview
    from include.interview.assessment.openings import general_opening
    from include.settings import JudgeSettings
    from tasks.typed_transcript import judge_transcript

    rounds = 2 if quick else ROUNDS
    interview_clip(settings)
    import msgspec

    offline = msgspec.structs.replace(settings, judge=JudgeSettings(kind="offline"))
    opening = general_opening("en")
    found: dict[str, Any] = {}
    for language in ("en", "ko"):
        made = build_demo_interview(settings.models_dir, settings.home / "demo" / "media", language)
        numbers = iter(range(1000))

        def judge_all(made: Any = made, numbers: Any = numbers) -> None:
            # A changing greeting keeps any cache of analysed text from answering for the judge.
            lines = [f"Interviewee: {next(numbers)}."]
            lines += [f"Interviewer: {e.question}\nInterviewee: {e.answer}" for e in made.exchanges]
            judge_transcript("\n".join(lines).encode(), "bench", opening, offline)

        judge_all()
        found[f"offline_judge_ms_per_answer_{language}"] = 1000 * timed(judge_all, rounds) / len(made.exchanges)
    return {**found, **_reports(settings, rounds), "targets": {"offline_judge_ms_per_answer": "≤ 50"}}


def _reports(settings: Settings, rounds: int) -> dict[str, float]:
    from include.interview.assessment.openings import general_opening
    from include.reporting import render_html, render_pdf
    from tasks.ai.in_process import evaluate_interview
    from tasks.ai.intake import Intake, open_interview
    from tasks.ephemeral import passing_stores
    from tasks.evaluation.context import StepContext
    from tasks.evaluation.outputs import PreparedCase, ScoredInterview, load
    from tasks.evaluation.publish import report_context

    opening = general_opening("en")
    with passing_stores(settings) as (stores, own):
        stores.openings.put(opening)
        candidate = stores.candidates.create("Benchmark")
        intake = Intake(candidate.id, opening.id, "standard", "en", "benchmark")
        interview = open_interview(stores, own, intake, [interview_clip(settings)])
        done = evaluate_interview(StepContext(stores, own, interview.id))
        card = load(stores, done.card, ScoredInterview).card
        context = report_context(stores, card, load(stores, done.case, PreparedCase), "2026-01-01")
    html = timed(lambda: render_html(card, context, "en"), rounds)
    pdf = timed(lambda: render_pdf(card, context, "en"), rounds)
    return {"report_html_ms": 1000 * html, "report_pdf_ms": 1000 * pdf}
