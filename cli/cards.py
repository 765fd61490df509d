"""A scorecard on the terminal."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from include.interview.assessment.rubric import load_rubric
from include.interview.live.comparison import CardComparison, CriterionPair
from include.interview.records import CriterionScore, Quote, Scorecard
from include.interview.scoring.standard_errors import standing_out

BAR_CELLS = 20
LOWEST, HIGHEST = 1.0, 5.0


def bar(level: float) -> str:
    """A bar for `level` on the anchors' scale from 1 to 5."""
    filled = round((level - LOWEST) / (HIGHEST - LOWEST) * BAR_CELLS)
    return "█" * filled + "░" * (BAR_CELLS - filled)


def _result(line: CriterionScore, language: str) -> tuple[str, str, str]:
    if line.status == "scored" and line.level is not None and line.points is not None:
        sem = "" if line.sem is None else f" ± {line.sem * (HIGHEST - LOWEST):.2f}"
        return (
            f"{bar(line.level)} {line.level:.2f}{sem}",
            f"{line.points:.1f} / {line.effective_weight:.0f}",
            _quote(line),
        )
    why = line.reason.text.text(language) if line.reason else ""
    return f"[dim]{line.status}[/]", "–", f"[dim]{escape(why)}[/]"


def _quote(line: CriterionScore) -> str:
    for evidence in line.evidence:
        if isinstance(evidence, Quote):
            at = "" if evidence.start_s is None else f"{int(evidence.start_s // 60)}:{int(evidence.start_s % 60):02d} "
            text = evidence.text if len(evidence.text) <= 90 else evidence.text[:89] + "…"
            return escape(f"{at}“{text}”")
    return ", ".join(f"{e.measure} {e.value:.2f} {e.unit}" for e in line.evidence[:2] if not isinstance(e, Quote))


def _headline(card: Scorecard) -> Text:
    if card.total is None:
        return Text(f"incomplete: no total is given; missing: {', '.join(card.missing) or 'every criterion'}", "yellow")
    sem = "" if card.total_sem is None else f" ± {card.total_sem:.1f}"
    return Text(f"{card.total:.1f}{sem} of 100", "bold green")


def _apart(card: Scorecard, names: Mapping[str, str]) -> list[str]:
    """What stands out from the card's mean, in a line, or that nothing can be told apart from it."""
    if sum(line.score is not None for line in card.criteria) < 2:
        return []
    found = standing_out(card.criteria)
    sides = (("above", 1), ("below", -1))
    told = [f"{word} the card's mean: {', '.join(names[c] for c in found if found[c] == sign)}" for word, sign in sides]
    return [line for line in told if not line.endswith(": ")] or ["no criterion can be told apart from the card's mean"]


def card_view(card: Scorecard, title: str, language: str = "en") -> RenderableType:
    """The card as a panel: total with its interval, one row per criterion, then what a person must know."""
    rubric = load_rubric(card.stage, card.rubric_version)
    table = Table(expand=True, show_edge=False, pad_edge=False)
    table.add_column("criterion", no_wrap=True)
    table.add_column("level 1–5", no_wrap=True)
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("evidence, or why there is none", ratio=1)
    for line in card.criteria:
        name = rubric.criterion(line.criterion).name.text(language)
        table.add_row(name, *_result(line, language))
    notes = _apart(card, {c.id: c.name.text(language) for c in rubric.criteria})
    notes += [f"profile {card.profile} · rubric {card.rubric_version} · pipeline {card.pipeline_version}"]
    notes += [f"judge: {j.name} {j.version} ({j.kind}, {j.model})" for j in card.judges]
    if card.scope == "words":
        notes.append("scope: words only; nothing about picture or voice was judged")
    for reason in card.review:
        about = f"{rubric.criterion(reason.criterion).name.text(language)}: " if reason.criterion else ""
        notes.append(f"a person must look: {about}{reason.text.text(language)}")
    notes += [f"integrity (never scored): {f.code}" for f in card.integrity]
    body = Group(_headline(card), Text(""), table, Text(""), Text("\n".join(notes), "dim"))
    return Panel(body, title=Text(title), border_style="cyan")


def _side(level: float | None, status: str | None) -> str:
    return f"{level:.2f}" if level is not None else f"[dim]{status or '–'}[/]"


def _pair(pair: CriterionPair) -> tuple[str, str, str]:
    difference = "–" if pair.difference is None else f"{pair.difference:+.1f}"
    if pair.within_error:
        difference += " (within error)"
    live, offline = _side(pair.live_level, pair.live_status), _side(pair.offline_level, pair.offline_status)
    return live, offline, difference


def comparison_view(found: CardComparison | None, card: Scorecard, language: str = "en") -> RenderableType:
    """Live and offline card side by side, and how far their transcripts differ."""
    if found is None:
        return Text("The offline card is not there yet.", "dim")
    rubric = load_rubric(card.stage, card.rubric_version)
    table = Table("criterion", "live level", "offline level", "points, offline − live", show_edge=False, pad_edge=False)
    for pair in found.criteria:
        table.add_row(rubric.criterion(pair.criterion).name.text(language), *_pair(pair))
    notes = []
    if found.transcript is not None:
        wer, cer = found.transcript.wer, found.transcript.cer
        notes.append("live against offline transcript: " + _rates(wer, cer))
        notes.append(f"stretches given to another speaker: {len(found.transcript.relabelled)}")
    notes.append(f"gaps in the sound: {len(found.gaps)}")
    return Panel(Group(table, Text(""), Text("\n".join(notes), "dim")), title="side by side", border_style="cyan")


def _rates(wer: float | None, cer: float | None) -> str:
    if wer is None or cer is None:
        return "no words to compare"
    return f"word error rate {wer:.3f}, character error rate {cer:.3f}"
