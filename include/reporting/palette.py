"""The colours of the reports, light and dark, as one table.

Every text pair reaches WCAG 2.2 AA (4.5:1) and every mark that carries meaning 3:1 against its ground; the test
computes the ratios. Scores have one colour, whatever their height: a card is read, not felt.
"""

from __future__ import annotations

LIGHT: dict[str, str] = {
    "ground": "#f6f5f1",
    "paper": "#ffffff",
    "wash": "#f3f2ee",
    "ink": "#1c2027",
    "muted": "#565c68",
    "rule": "#dddad2",
    "edge": "#8a8f99",
    "accent": "#1d5d8c",
    "accent-wash": "#e3edf4",
    "whisker": "#10202c",
    "band": "#c9d3da",
    "notice": "#7a4b00",
    "notice-wash": "#fbf1dd",
    "mark": "#fdeeb5",
    "candidate": "#17736f",
    "interviewer": "#a0641b",
    "unknown": "#6d7480",
    "pause": "#6f7886",
    "gaze": "#7654a8",
    "absent": "#ad4330",
    "quality": "#57606f",
}

DARK: dict[str, str] = {
    "ground": "#121519",
    "paper": "#1a1e24",
    "wash": "#20252c",
    "ink": "#e8eaee",
    "muted": "#aab1bd",
    "rule": "#363d47",
    "edge": "#7c8592",
    "accent": "#82b8e0",
    "accent-wash": "#20303d",
    "whisker": "#f2f6fa",
    "band": "#3f4b56",
    "notice": "#efc97c",
    "notice-wash": "#332a17",
    "mark": "#574a17",
    "candidate": "#57bdb6",
    "interviewer": "#dba35a",
    "unknown": "#9aa3b0",
    "pause": "#98a1ae",
    "gaze": "#b79be0",
    "absent": "#e38a76",
    "quality": "#a7b0be",
}

TEXT_PAIRS: tuple[tuple[str, str], ...] = (
    *((text, ground) for text in ("ink", "muted") for ground in ("ground", "paper", "wash")),
    *(("accent", ground) for ground in ("paper", "wash", "accent-wash")),
    ("ink", "accent-wash"),
    ("muted", "accent-wash"),
    ("ink", "mark"),
    ("notice", "notice-wash"),
    ("ink", "notice-wash"),
    *((role, ground) for role in ("candidate", "interviewer", "unknown") for ground in ("paper",)),
)
"""Foreground and ground of every text in the reports."""

GRAPHIC_PAIRS: tuple[tuple[str, str], ...] = (
    *((mark, "paper") for mark in ("accent", "whisker", "edge", "pause", "gaze", "absent", "quality")),
    *((mark, "wash") for mark in ("accent", "candidate", "interviewer", "unknown", "pause", "gaze", "absent")),
    ("whisker", "band"),
    ("accent", "accent-wash"),
)
"""Marks that carry meaning, and what they are drawn on."""


def css_variables() -> str:
    """The CSS custom properties of both themes: light by default and in print, dark where the system is dark."""
    light = "".join(f"--{name}:{value};" for name, value in LIGHT.items())
    dark = "".join(f"--{name}:{value};" for name, value in DARK.items())
    fills = "".join(f".tv .f-{name}{{fill:var(--{name})}}.tv .s-{name}{{stroke:var(--{name})}}" for name in LIGHT)
    return f".tv{{{light}}}@media screen and (prefers-color-scheme:dark){{.tv{{{dark}}}}}{fills}"
