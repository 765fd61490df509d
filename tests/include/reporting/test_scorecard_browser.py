from __future__ import annotations

import shutil
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from include.reporting import render_html
from tests.support.scorecard_samples import HOSTILE_NAME, hour_long, live, sample

pytestmark = pytest.mark.browser

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    if CHROMIUM is None or DRIVER is None:
        pytest.skip("Chromium and its driver are not installed.")
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    options = Options()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


def show(browser, html: str, folder: Path, width: int = 1100) -> None:
    page = folder / "report.html"
    page.write_text(html, encoding="utf-8")
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600},
    )
    browser.get(page.as_uri())


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("width", [320, 390, 1100])
def test_nothing_overflows_or_complains(browser, tmp_path: Path, language: str, width: int) -> None:
    card, context = live(language)
    show(browser, render_html(card, context, language), tmp_path, width)
    assert browser.execute_script("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert browser.get_log("browser") == []
    shown = browser.execute_script("return document.querySelector('.huge').getClientRects().length")
    assert shown == 1


def test_hostile_name_runs_nothing_and_does_not_widen_the_page(browser, tmp_path: Path) -> None:
    import msgspec

    card, context = hour_long("en")
    show(browser, render_html(card, msgspec.structs.replace(context, candidate_name=HOSTILE_NAME), "en"), tmp_path, 390)
    assert browser.execute_script("return window.attacked === undefined")
    assert browser.execute_script("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert browser.find_element("css selector", "h1").text.startswith("<img src=x")


def test_a_time_jumps_to_the_transcript_and_with_a_file_plays_from_there(browser, tmp_path: Path) -> None:
    card, context = sample("ko")
    show(browser, render_html(card, context, "ko"), tmp_path)
    link = browser.find_element("css selector", "a[data-t='33']")
    browser.execute_script("arguments[0].click()", link)
    target = browser.execute_script(
        "const e = document.querySelector(':target'); return e && e.closest('li').innerText"
    )
    assert "결과적으로 중단 시간 없이" in target
    recording = tmp_path / "own copy.wav"
    with wave.open(str(recording), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(2 * 8000 * 60))
    browser.find_element("css selector", "input[type=file]").send_keys(str(recording))
    from selenium.webdriver.support.ui import WebDriverWait

    wait = WebDriverWait(browser, 10)
    video = "const v = document.getElementById('player-video'); return "
    wait.until(lambda b: b.execute_script(video + "v.readyState >= 1"))
    browser.execute_script("arguments[0].click()", link)
    wait.until(lambda b: b.execute_script(video + "!v.seeking && v.currentTime >= 33"))
    assert browser.execute_script(video + "v.currentTime") < 40
    assert "33" in browser.find_element("id", "player-state").text
    assert browser.get_log("browser") == []
