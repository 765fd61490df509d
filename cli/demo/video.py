"""The demo's interview: a recording made on this machine, because no real candidate may be shipped with a project.

Picture: the Carphone test sequence (a real person talking, 176x144), enlarged and played forwards and backwards.
Sound: answers spoken by espeak-ng; the questions are read silently, as in most recorded video interviews, so the
recording has one voice and question marks. Face and voice are not of one person, and the lips do not follow the words:
that is found, so the demo's applicants leave the nonverbal criterion out. Scores of the demo mean nothing about
anybody; it shows the machinery on real input.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tempfile
import wave
from pathlib import Path
from typing import Literal

import msgspec

from include import models
from include.interview.errors import ServiceFailure
from include.interview.progress import Progress, silent
from include.interview.records import Bilingual, QuestionMark

CLIP = "demo/carphone.mp4"
RECIPE = "5"
"""Changes when the same words would give another file."""
SPEECH_RATE_HZ = 22_050
"""Sampling rate of espeak-ng."""
BEFORE_QUESTION_S = 0.8
READING_S = 2.5
"""Silences: before a question appears, and while the candidate reads it."""
AT_THE_END_S = 1.0
FRAMES_PER_S = 25
LONGEST_BUILD_S = 180


class Voice(msgspec.Struct, frozen=True):
    """One espeak-ng voice: `rate` in words per minute, `pitch` from 0 to 99."""

    name: str
    rate: int
    pitch: int


class Exchange(msgspec.Struct, frozen=True):
    """A question of the general opening and the answer given to it."""

    question_id: str
    question: str
    answer: str


class DemoInterview(msgspec.Struct, frozen=True):
    """The recording, what is said in it, and where its questions start (seconds from the start of the recording)."""

    path: Path
    language: Literal["ko", "en"]
    marks: tuple[QuestionMark, ...]
    exchanges: tuple[Exchange, ...]
    duration_s: float
    description: Bilingual

    def transcript(self) -> str:
        """The interview as a typed transcript; the questions are read, not heard."""
        turns = (f"Interviewer: {e.question}\nInterviewee: {e.answer}" for e in self.exchanges)
        return "\n".join(turns) + "\n"


# Whisper base was measured on several voices and rates; these give word error rates of 0.03 to 0.05 on the answers.
# espeak-ng's Korean is not recognised by it (character error rate 0.85), so the Korean demo shows what an honest card
# does with speech that it cannot make out.
VOICES: dict[str, Voice] = {"en": Voice("en-gb", 140, 50), "ko": Voice("ko", 120, 50)}

SCRIPT: dict[str, tuple[Exchange, ...]] = {
    "en": (
        Exchange(
            "challenge",
            "Tell me about a time when you solved a difficult problem.",
            "Last year our online store lost orders every Friday evening, and I was asked to find the cause within two "
            "weeks. First I measured where the time was spent, and I found that one long report was holding the order "
            "table. I moved the report to a copy of the data, and I added a test for it. As a result, the number of "
            "lost orders fell from forty a week to zero.",
        ),
        Exchange(
            "teamwork",
            "Tell me about a time when people in your team disagreed, and what you did.",
            "In my last project a designer and a developer disagreed about the order of the steps. I listened to both, "
            "because the other person often knows something that I do not know. We agreed to test both versions with "
            "ten customers. The version of the designer was faster, so we used it, and I learned to ask for evidence "
            "early instead of arguing.",
        ),
    ),
    "ko": (
        Exchange(
            "challenge",
            "어려운 문제를 해결한 경험을 구체적으로 말씀해 주세요.",
            "작년에 저희 온라인 상점은 금요일 저녁마다 주문을 잃어버렸고, 저는 이 주 안에 원인을 찾는 일을 맡았습니다. "
            "먼저 시간이 어디에서 걸리는지 측정했고, 긴 보고서 하나가 주문 테이블을 막고 있다는 것을 알아냈습니다. "
            "보고서를 데이터 사본으로 옮기고 테스트를 추가했습니다. 그 결과 잃어버린 주문이 일주일에 사십 건에서 "
            "한 건도 없게 되었습니다.",
        ),
        Exchange(
            "teamwork",
            "팀에서 의견이 달랐을 때 어떻게 하셨는지 말씀해 주세요.",
            "지난 프로젝트에서 디자이너와 개발자가 화면 순서를 두고 의견이 달랐습니다. 저는 두 사람의 이야기를 먼저 "
            "들었습니다. 그리고 고객 열 명과 두 가지를 모두 시험해 보기로 했습니다. 디자이너의 방식이 더 빨라서 그것을 "
            "썼고, 다투기 전에 근거를 먼저 묻는 법을 배웠습니다.",
        ),
    ),
}

DESCRIPTION = Bilingual(
    ko=(
        "데모 영상입니다. 얼굴은 영상 압축 연구에 쓰이는 공개 시험 영상(Carphone), 목소리는 음성 합성기(espeak-ng)가 "
        "만든 것이며 입 모양과 말이 서로 맞지 않습니다. 그래서 데모 지원자는 표정·음성의 움직임 측정에 동의하지 않은 "
        "것으로 하고, 비언어 항목 없이 평가합니다. 합성된 한국어는 인식기가 알아듣지 못합니다. 점수는 실제 사람에 대해 "
        "아무것도 말해 주지 않습니다."
    ),
    en=(
        "A demo recording: the face is a public test sequence of video coding research (Carphone), the voice is "
        "synthetic (espeak-ng), and lips and words do not match. So the demo's applicants do not agree to movements of "
        "face and voice being measured, and are judged without the nonverbal criterion. The recogniser cannot make out "
        "synthetic Korean. Its scores say nothing about any person."
    ),
)


def build_demo_interview(
    models_dir: Path,
    out_dir: Path,
    language: Literal["ko", "en"] = "en",
    progress: Progress = silent,
    *,
    exchanges: tuple[Exchange, ...] | None = None,
    voice: Voice | None = None,
) -> DemoInterview:
    """The demo interview in `out_dir`, made on the first call and found again on later ones.

    The same programs give the same file, byte by byte.

    Args:
        exchanges, voice: what is said, and by which voice; default: those of SCRIPT and VOICES.

    Raises:
        ModelMissing: the picture has not been fetched.
        ServiceFailure: espeak-ng or ffmpeg is absent or fails.
    """
    clip = models.path(CLIP, models_dir)
    exchanges, voice = exchanges or SCRIPT[language], voice or VOICES[language]
    key = _key(exchanges, voice)
    video, facts = out_dir / f"interview-{language}-{key}.mp4", out_dir / f"interview-{language}-{key}.json"
    if not (video.is_file() and facts.is_file()):
        out_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out_dir, prefix=".building-") as scratch:
            starts, duration_s = _speak(exchanges, voice, Path(scratch), progress)
            progress(0.3, "picture")
            _film(clip, Path(scratch), duration_s)
            (Path(scratch) / "interview.mp4").replace(video)
            # Last, so that a facts file always has its video.
            (Path(scratch) / "facts.json").write_text(json.dumps({"starts": starts, "duration_s": duration_s}), "utf-8")
            (Path(scratch) / "facts.json").replace(facts)
    known = json.loads(facts.read_text("utf-8"))
    progress(1.0, "")
    return DemoInterview(
        path=video,
        language=language,
        marks=tuple(QuestionMark(e.question_id, s) for e, s in zip(exchanges, known["starts"], strict=True)),
        exchanges=exchanges,
        duration_s=known["duration_s"],
        description=DESCRIPTION,
    )


def _key(exchanges: tuple[Exchange, ...], voice: Voice) -> str:
    clip = models.select([CLIP])[0].sha256
    parts = msgspec.json.encode([RECIPE, clip, exchanges, voice])
    return hashlib.sha256(parts).hexdigest()[:12]


def _run(command: list[str], purpose: str) -> None:
    if shutil.which(command[0]) is None:
        raise ServiceFailure(f"The demo needs {command[0]} {purpose}.", f"Run `make setup`, or install {command[0]}.")
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_BUILD_S, check=False)
    except subprocess.TimeoutExpired:
        raise ServiceFailure(f"{command[0]} did not finish within {LONGEST_BUILD_S} s.", "Try again.") from None
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise ServiceFailure(f"{command[0]} failed {purpose}: {last}", "Check its installation with `make setup`.")


def _speak(
    exchanges: tuple[Exchange, ...], voice: Voice, scratch: Path, progress: Progress
) -> tuple[list[float], float]:
    """Writes the interview's sound; returns the questions' start times and the whole duration, in seconds."""
    sound = bytearray()
    starts: list[float] = []
    for number, exchange in enumerate(exchanges):
        sound += _silence(BEFORE_QUESTION_S)
        starts.append(round(len(sound) / 2 / SPEECH_RATE_HZ, 3))
        sound += _silence(READING_S) + utter(exchange.answer, voice, scratch)
        progress(0.15 * (number + 1), "voice")
    sound += _silence(AT_THE_END_S)
    with wave.open(str(scratch / "speech.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SPEECH_RATE_HZ)
        file.writeframes(sound)
    return starts, len(sound) / 2 / SPEECH_RATE_HZ


def _silence(seconds: float) -> bytes:
    return bytes(2 * round(seconds * SPEECH_RATE_HZ))


def utter(text: str, voice: Voice, scratch: Path) -> bytes:
    """16-bit mono samples of `text` at SPEECH_RATE_HZ."""
    place = scratch / "utterance.wav"
    settings = ["-v", voice.name, "-s", str(voice.rate), "-p", str(voice.pitch)]
    _run(["espeak-ng", *settings, "-w", str(place), "--", text], "to speak")
    with wave.open(str(place), "rb") as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (SPEECH_RATE_HZ, 1, 2):
            raise ServiceFailure("espeak-ng gave sound of an unexpected kind.", "Install espeak-ng 1.51 or newer.")
        return file.readframes(file.getnframes())


def _film(clip: Path, scratch: Path, duration_s: float) -> None:
    """Joins picture and sound: the clip forwards and backwards without a jump, as long as the sound lasts."""
    # The clip's left edge is black; its 176x144 pixels stand for a 4:3 picture.
    picture = (
        f"crop=172:142:4:1,scale=640:480:flags=lanczos,setsar=1,fps={FRAMES_PER_S},split[there][turn];"
        "[turn]reverse[back];[there][back]concat=n=2:v=1"
    )
    # Encoded once and repeated as it is; without B-frames, so that every turn starts on its own time.
    encoding = ["-c:v", "libx264", "-preset", "veryfast", "-bf", "0", "-crf", "20", "-pix_fmt", "yuv420p"]
    exact = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"]
    turn, target = str(scratch / "turn.mp4"), str(scratch / "interview.mp4")
    quiet = ["ffmpeg", "-v", "error", "-y"]
    _run([*quiet, "-i", str(clip), "-vf", picture, "-an", *exact, *encoding, "-threads", "2", turn], "to turn the clip")
    inputs = ["-stream_loop", "-1", "-i", turn, "-i", str(scratch / "speech.wav"), "-map", "0:v", "-map", "1:a"]
    sound = ["-c:v", "copy", "-c:a", "aac", "-b:a", "96k", "-movflags", "+faststart", "-t", f"{duration_s:.3f}"]
    _run([*quiet, *inputs, *exact, *sound, target], "to join the demo's parts")
