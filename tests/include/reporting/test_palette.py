from __future__ import annotations

import pytest

from include.reporting.palette import DARK, GRAPHIC_PAIRS, LIGHT, TEXT_PAIRS, css_variables

pytestmark = pytest.mark.unit


def luminance(color: str) -> float:
    """Relative luminance of WCAG 2.2."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Contrast ratio of WCAG 2.2."""
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_reference_formula_knows_black_on_white() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_and_marks_have_aa_contrast(theme: dict[str, str]) -> None:
    weak = [(a, b, round(contrast(theme[a], theme[b]), 2)) for a, b in TEXT_PAIRS if contrast(theme[a], theme[b]) < 4.5]
    weak += [
        (a, b, round(contrast(theme[a], theme[b]), 2)) for a, b in GRAPHIC_PAIRS if contrast(theme[a], theme[b]) < 3.0
    ]
    assert weak == []


def test_both_themes_name_the_same_colours() -> None:
    assert LIGHT.keys() == DARK.keys()
    css = css_variables()
    assert all(f"--{name}:{LIGHT[name]};" in css and f"--{name}:{DARK[name]};" in css for name in LIGHT)
