"""The dashboard and the alert rules name only what a gateway exposes, and every figure is shown somewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from live_gateway import metrics

pytestmark = pytest.mark.unit

FOLDER = Path(__file__).resolve().parents[2] / "docs/operations"
DASHBOARD = json.loads((FOLDER / "grafana.json").read_text("utf-8"))
RULES = yaml.safe_load((FOLDER / "alerts.yaml").read_text("utf-8"))
NAME = re.compile(r"\b(?:triview|process)_[a-z0-9_]+\b")
SUFFIXES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}


def exposed() -> dict[str, set[str]]:
    """Name of a series -> its own labels."""
    found: dict[str, set[str]] = {}
    for family in metrics.registry.collect():
        source = getattr(metrics.registry, "_names_to_collectors").get(family.name)  # noqa: B009
        labels = set(getattr(source, "_labelnames", ()))
        for suffix in SUFFIXES.get(family.type, ("",)):
            found[family.name + suffix] = labels
    return found


def expressions() -> list[str]:
    alerts = [rule["expr"] for group in RULES["groups"] for rule in group["rules"]]
    return alerts + [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]


def test_every_metric_that_is_named_exists() -> None:
    named = {name for expression in expressions() for name in NAME.findall(expression)}
    assert len(named) > 30
    assert named <= set(exposed())


def test_every_label_that_is_asked_for_exists() -> None:
    known = exposed()
    scraped = {"instance", "job", "le"}
    for expression in expressions():
        names = NAME.findall(expression)
        labels = set().union(*(known[name] for name in names)) | scraped
        asked = set(re.findall(r"[{,]\s*(\w+)\s*=", expression))
        for listed in re.findall(r"by \(([^)]*)\)", expression):
            asked |= {one.strip() for one in listed.split(",")}
        assert asked <= labels, expression


def test_every_figure_is_on_the_dashboard() -> None:
    shown = " ".join(target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"])
    ours = {family.name for family in metrics.registry.collect() if family.name.startswith("triview_")}
    assert {name for name in ours if name not in shown} == set()


def test_every_alert_says_what_it_means_and_what_to_do() -> None:
    names = [rule["alert"] for group in RULES["groups"] for rule in group["rules"]]
    assert len(set(names)) == len(names)
    for group in RULES["groups"]:
        for rule in group["rules"]:
            assert rule["labels"]["severity"] in ("info", "warning", "page")
            assert rule["annotations"]["summary"].endswith(".")
            assert len(rule["annotations"]["description"]) > 20


def test_panels_have_places_of_their_own() -> None:
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in DASHBOARD["panels"]]
    assert len(set(places)) == len(places)
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(places)
