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
from include.reporting.strings import Strings

BAR_CELLS = 20
LOWEST, HIGHEST = 1.0, 5.0


def bar(level: float) -> str:
    """A bar for `level` on the anchors' scale from 1 to 5."""
    filled = round((level - LOWEST) / (HIGHEST - LOWEST) * BAR_CELLS)
    return "█" * filled + "░" * (BAR_CELLS - filled)


def _result(line: CriterionScore, say: Strings) -> tuple[str, str, str]:
    if line.status == "scored" and line.level is not None and line.points is not None:
        sem = "" if line.sem is None else f" ± {line.sem * (HIGHEST - LOWEST):.2f}"
        return (
            f"{bar(line.level)} {line.level:.2f}{sem}",
            f"{line.points:.1f} / {line.effective_weight:.0f}",
            _quote(line),
        )
    why = line.reason.text.text(say.language) if line.reason else ""
    return f"[dim]{_status(line.status, say)}[/]", "–", f"[dim]{escape(why)}[/]"


def _status(status: str, say: Strings) -> str:
    return say.label("criterion_status", status) or status


def _quote(line: CriterionScore) -> str:
    for evidence in line.evidence:
        if isinstance(evidence, Quote):
            at = "" if evidence.start_s is None else f"{int(evidence.start_s // 60)}:{int(evidence.start_s % 60):02d} "
            text = evidence.text if len(evidence.text) <= 90 else evidence.text[:89] + "…"
            return escape(f"{at}“{text}”")
    return ", ".join(f"{e.measure} {e.value:.2f} {e.unit}" for e in line.evidence[:2] if not isinstance(e, Quote))


def _headline(card: Scorecard, names: Mapping[str, str], say: Strings) -> Text:
    if card.total is None:
        missing = ", ".join(names.get(one, one) for one in card.missing) or say("terminal.every")
        return Text(say("terminal.missing", names=missing), "yellow")
    sem = "" if card.total_sem is None else f" ± {card.total_sem:.1f}"
    return Text(say("terminal.of", total=f"{card.total:.1f}{sem}"), "bold green")


def _apart(card: Scorecard, names: Mapping[str, str], say: Strings) -> list[str]:
    """What stands out from the card's mean, in a line, or that nothing can be told apart from it."""
    if sum(line.score is not None for line in card.criteria) < 2:
        return []
    found = standing_out(card.criteria)
    sides = {side: [names[c] for c in found if found[c] == sign] for side, sign in (("above", 1), ("below", -1))}
    told = [say(f"terminal.{side}", names=", ".join(some)) for side, some in sides.items() if some]
    return told or [say("terminal.not_apart")]


def card_view(card: Scorecard, title: str, language: str = "en") -> RenderableType:
    """The card as a panel, in `language`: total with its error, one row per criterion, then what one must know."""
    say = Strings(language)
    rubric = load_rubric(card.stage, card.rubric_version)
    names = {c.id: c.name.text(language) for c in rubric.criteria}
    table = Table(expand=True, show_edge=False, pad_edge=False)
    table.add_column(say("terminal.criterion"), no_wrap=True)
    table.add_column(say("terminal.level"), no_wrap=True)
    table.add_column(say("terminal.points"), justify="right", no_wrap=True)
    table.add_column(say("terminal.evidence"), ratio=1)
    for line in card.criteria:
        table.add_row(names[line.criterion], *_result(line, say))
    versions = {"profile": card.profile, "rubric": card.rubric_version, "pipeline": card.pipeline_version}
    notes = [*_apart(card, names, say), say("terminal.versions", **versions)]
    notes += [say("terminal.judge", name=j.name, version=j.version, kind=j.kind, model=j.model) for j in card.judges]
    if card.scope == "words":
        notes.append(say("terminal.words_only"))
    for reason in card.review:
        about = f"{names[reason.criterion]}: " if reason.criterion else ""
        notes.append(say("terminal.look", text=f"{about}{reason.text.text(language)}"))
    notes += [say("terminal.integrity", label=say.label("flag", f.code) or f.code) for f in card.integrity]
    body = Group(_headline(card, names, say), Text(""), table, Text(""), Text("\n".join(notes), "dim"))
    return Panel(body, title=Text(title), border_style="cyan")


def _side(level: float | None, status: str | None, say: Strings) -> str:
    if level is not None:
        return f"{level:.2f}"
    return f"[dim]{_status(status, say) if status else '–'}[/]"


def _pair(pair: CriterionPair, say: Strings) -> tuple[str, str, str]:
    difference = "–" if pair.difference is None else f"{pair.difference:+.1f}"
    if pair.within_error:
        difference += say("terminal.within_error")
    live = _side(pair.live_level, pair.live_status, say)
    return live, _side(pair.offline_level, pair.offline_status, say), difference


def comparison_view(found: CardComparison | None, card: Scorecard, language: str = "en") -> RenderableType:
    """Live and offline card side by side in `language`, and how far their transcripts differ."""
    say = Strings(language)
    if found is None:
        return Text(say("terminal.no_offline"), "dim")
    rubric = load_rubric(card.stage, card.rubric_version)
    columns = ("criterion", "live_level", "offline_level", "difference")
    table = Table(*(say(f"terminal.{one}") for one in columns), show_edge=False, pad_edge=False)
    for pair in found.criteria:
        table.add_row(rubric.criterion(pair.criterion).name.text(language), *_pair(pair, say))
    notes = []
    if found.transcript is not None:
        notes.append(_rates(found.transcript.wer, found.transcript.cer, say))
        notes.append(say("terminal.relabelled", count=len(found.transcript.relabelled)))
    notes.append(say("terminal.gaps", count=len(found.gaps)))
    body = Group(table, Text(""), Text("\n".join(notes), "dim"))
    return Panel(body, title=say("terminal.side_by_side"), border_style="cyan")


def _rates(wer: float | None, cer: float | None, say: Strings) -> str:
    if wer is None or cer is None:
        return say("terminal.no_words")
    return say("terminal.rates", wer=f"{wer:.3f}", cer=f"{cer:.3f}")
