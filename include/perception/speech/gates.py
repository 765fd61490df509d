"""Gates against misrecognition: loops, silence read as words, and phrases learnt from subtitles."""

from __future__ import annotations

import re
import zlib

from include.perception.speech.recognition import Hypothesis

MAX_COMPRESSION = 2.4
"""Text that compresses better than this loops (Whisper's own threshold, https://arxiv.org/abs/2212.04356)."""
MIN_LOG_PROBABILITY = -1.0
"""Mean log probability per token below which a pass has failed (same source)."""
MAX_NO_SPEECH = 0.6
"""Probability of silence above which weak text is dropped (same source)."""
MAX_SYLLABLES_PER_S = 12.0
"""Letters of alphabetic or hangul script per second above which no person speaks are judged by `_pace`."""
_LETTERS_PER_SYLLABLE = 3.0
"""Latin letters per spoken syllable, roughly; hangul blocks are syllables."""
_SUBTITLE_PHRASES = re.compile(
    r"^(시청해\s?주셔서 감사합니다|구독과 좋아요.*|한글자막.*|자막 (제공|by).*|mbc 뉴스.*|다음 (영상|시간)에서? 만나요"
    r"|thank(s| you)( so much| very much)? for watching|(please )?subscribe.*|subtitles by.*|you|bye\s?bye)$"
)
_SUBTITLE_DOUBT = 0.1
"""Probability of silence from which a lone subtitle phrase counts as invented."""
_SUBTITLE_LOG_PROBABILITY = -0.45
"""Or a mean log probability below this."""


def compression_ratio(text: str) -> float:
    """Bytes of `text` in UTF-8 per byte after zlib: high for repetitions."""
    data = text.encode()
    return len(data) / len(zlib.compress(data)) if data else 0.0


def repeats(text: str) -> bool:
    """True when a block of two or more words, or one word three times more, follows itself immediately."""
    words = [re.sub(r"[^\w]", "", w).lower() for w in text.split()]
    for size in range(1, len(words) // 2 + 1):
        needed = 4 if size == 1 else 2
        for start in range(len(words) - size * needed + 1):
            block = words[start : start + size]
            copies = (words[start + k * size : start + (k + 1) * size] for k in range(1, needed))
            if all(copy == block for copy in copies):
                return True
    return False


def believable(hypothesis: Hypothesis, seconds: float) -> bool:
    """True when a pass over `seconds` of sound neither loops nor guesses nor is faster than speech."""
    return (
        compression_ratio(hypothesis.text) <= MAX_COMPRESSION
        and hypothesis.average_log_probability >= MIN_LOG_PROBABILITY
        and _pace(hypothesis.text, seconds) <= MAX_SYLLABLES_PER_S
    )


def suspicious(hypothesis: Hypothesis, seconds: float) -> bool:
    """True when a pass over `seconds` of sound is doubtful enough for a second, longer one."""
    return not believable(hypothesis, seconds) or repeats(hypothesis.text)


def silent(hypothesis: Hypothesis) -> bool:
    """True when the words of a pass are invented over silence, noise or music."""
    if not hypothesis.text:
        return True
    if hypothesis.no_speech > MAX_NO_SPEECH and hypothesis.average_log_probability < MIN_LOG_PROBABILITY:
        return True
    phrase = re.sub(r"[.!?…,\s]+$", "", hypothesis.text.strip().lower())
    doubtful = hypothesis.no_speech > _SUBTITLE_DOUBT or hypothesis.average_log_probability < _SUBTITLE_LOG_PROBABILITY
    return bool(_SUBTITLE_PHRASES.match(phrase)) and doubtful


def _pace(text: str, seconds: float) -> float:
    hangul = len(re.findall(r"[가-힣]", text))
    latin = len(re.findall(r"[^\W\d_]", text)) - hangul
    return (hangul + latin / _LETTERS_PER_SYLLABLE) / max(seconds, 0.1)
