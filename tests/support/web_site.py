"""A real gateway with its pages, people who can log in, and Chromium with a microphone that plays a file."""

from __future__ import annotations

import shutil
import subprocess
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from cli.local.gateway import LocalGateway
from include.interview.assessment.openings import general_opening
from include.interview.assessment.policy import load_profile
from include.settings import PROJECT_ROOT
from tests.support.browser_frames import check_frames, record_frames
from tests.support.cuttable_line import Line, line_to
from tests.support.described_answers import check_answer
from tests.support.live_world import World, world_in

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
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--force-prefers-reduced-motion",
)
PASSWORD = "a long enough password"
SCREENSHOTS = PROJECT_ROOT / "out" / "screenshots"
CONSENT_TEXT = "2026-11"


@dataclass
class Person:
    """Somebody with a login."""

    login: str
    account_id: str
    candidate_id: str | None = None


@dataclass
class Site:
    """The running gateway and who uses it."""

    world: World
    gateway: LocalGateway
    people: dict[str, Person]
    line: Line

    @property
    def url(self) -> str:
        """Where browsers reach it: over a line that can be cut."""
        return f"http://127.0.0.1:{self.line.port}"

    @contextmanager
    def client(self, role: str) -> Iterator[httpx.Client]:
        """The interface as `role` sees it."""
        hooks = {"response": [check_answer]}
        with httpx.Client(base_url=self.gateway.url, timeout=30.0, trust_env=False, event_hooks=hooks) as client:
            client.headers["Authorization"] = f"Bearer {self.token(role)}"
            yield client

    def token(self, role: str) -> str:
        """What logging in answers."""
        answer = httpx.post(
            f"{self.gateway.url}/api/v1/auth/login",
            json={"login": self.people[role].login, "password": PASSWORD},
            trust_env=False,
            timeout=30.0,
        )
        return str(answer.raise_for_status().json()["access_token"])

    def consent(self, session_id: str | None = None) -> None:
        """The candidate consents to everything."""
        candidate_id = self.people["candidate"].candidate_id
        assert candidate_id is not None
        purposes = load_profile("standard").purposes
        self.world.stores.consents.grant(candidate_id, session_id, purposes, CONSENT_TEXT)

    def session(self, *, microphones: str = "separate", language: str = "en") -> str:
        """A new session of the interviewer with the candidate."""
        with self.client("interviewer") as client:
            answer = client.post(
                "/api/v1/sessions",
                json={
                    "candidate_id": self.people["candidate"].candidate_id,
                    "opening_id": general_opening().id,
                    "language": language,
                    "profile": "standard",
                    "microphones": microphones,
                },
            )
            return str(answer.raise_for_status().json()["session_id"])


@contextmanager
def site_in(home: Path, **more: str) -> Iterator[Site]:
    """A site below `home`; `more` are TRIVIEW_* variables of its gateway."""
    with world_in(home) as world:
        stores = world.stores
        stores.openings.put(general_opening())
        candidate = stores.candidates.create("김하늘", "haneul@example.org")
        people = {"interviewer": Person("interviewer", world.interviewer_id)}
        for role in ("hr", "operator", "reviewer", "candidate"):
            own = candidate.id if role == "candidate" else None
            people[role] = Person(role, stores.accounts.create(role, PASSWORD, role, own).id, own)
        with world.replica(**more) as gateway, line_to(gateway.port) as line:
            yield Site(world, gateway, people, line)


@contextmanager
def browser(profile: Path, microphone: Path | None = None) -> Iterator[Any]:
    """A Chromium of its own; `microphone` is a WAV that its only microphone plays over and over.

    At its end every message that its pages sent and received has been held against docs/asyncapi.yaml.
    """
    assert CHROMIUM is not None
    assert DRIVER is not None
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    from tests.support.steady_chromium import SteadyChromium

    options = Options()
    options.binary_location = CHROMIUM
    flags = [*FLAGS, f"--user-data-dir={profile}"]
    if microphone is not None:
        flags.append(f"--use-file-for-fake-audio-capture={microphone}")
    for flag in flags:
        options.add_argument(flag)
    record_frames(options)
    driver = SteadyChromium(options=options, service=Service(DRIVER))
    try:
        yield driver
        check_frames(driver)
    finally:
        driver.quit()


def log_in(driver: Any, site: Site, role: str, language: str = "ko", at: str | None = None) -> None:
    """As `role`, by the cookie that logging in sets. `at`: where the browser reaches the site, if not at its url."""
    driver.get(f"{at or site.url}/static/none/mark.svg")
    driver.delete_all_cookies()
    driver.add_cookie({"name": "triview_token", "value": site.token(role), "path": "/"})
    driver.add_cookie({"name": "triview_language", "value": language, "path": "/"})


def searched(site: Site, token: str, path: str, language: str = "en", **asked: Any) -> httpx.Response:
    """A page with what is searched, as its script asks for it: by a request whose body holds the name."""
    cookies = {"triview_token": token, "triview_language": language}
    headers = {"Origin": site.url}
    return httpx.post(site.url + path, json=asked, cookies=cookies, headers=headers, trust_env=False, timeout=60.0)


def size(driver: Any, width: int, height: int = 900) -> None:
    """The window's size in CSS pixels."""
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600},
    )


def picture(driver: Any, name: str) -> None:
    """Keep what the whole page looks like."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    (SCREENSHOTS / f"{name}.png").write_bytes(full_page(driver))


def full_page(driver: Any) -> bytes:
    """A PNG of the whole page, not only of what the window shows."""
    import base64

    shot = driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "optimizeForSpeed": True})
    return base64.b64decode(shot["data"])


def speech(folder: Path, *lines: str, pause_s: float = 1.2, voice: str = "en-us", pace: int = 150) -> Path:
    """A WAV (48 kHz, mono) of `lines` said by a synthetic voice, `pace` words a minute, with pauses between them."""
    espeak, ffmpeg = shutil.which("espeak-ng"), shutil.which("ffmpeg")
    assert espeak is not None
    assert ffmpeg is not None
    pieces = bytearray()
    for number, line in enumerate(lines):
        spoken, clean = folder / f"line-{number}.wav", folder / f"line-{number}-48.wav"
        subprocess.run([espeak, "-v", voice, "-s", str(pace), "-w", str(spoken), line], check=True)
        subprocess.run(
            [ffmpeg, "-loglevel", "error", "-y", "-i", spoken, "-ar", "48000", "-ac", "1", clean], check=True
        )
        with wave.open(str(clean)) as sound:
            pieces += sound.readframes(sound.getnframes()) + bytes(2 * int(48_000 * pause_s))
    target = folder / "microphone.wav"
    with wave.open(str(target), "wb") as sound:
        sound.setparams((1, 2, 48_000, 0, "NONE", ""))
        sound.writeframes(bytes(pieces))
    return target
