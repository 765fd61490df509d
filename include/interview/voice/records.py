"""What is measured of a voice answer by answer, what is said of it, and the tone of the words beside it.

Times are seconds on the interview's timeline. Nothing here is a score, an emotion or a trait: a pointer says "this
differs from how the same person spoke before: listen", and no more.
"""

from __future__ import annotations

from typing import Literal

from include.interview.records import Bilingual, Interval, Quote, Record, Role

VoiceMeasure = Literal[
    "articulation_rate", "pause_share", "f0_range", "intensity_variation", "rhythm_npvi", "latency"
]  # fmt: skip
Direction = Literal["higher", "lower"]


class VoiceMeasureSpec(Record, frozen=True):
    """What one measure is called and what its two directions are called, for a reader who listens."""

    name: VoiceMeasure
    unit: str
    title: Bilingual
    higher: Bilingual
    lower: Bilingual


class VoiceWindow(Record, frozen=True):
    """About five seconds of one answer: the unit that is compared. `values` lacks what could not be measured.

    `voiced_s`: seconds of it with a pitch.
    """

    start_s: float
    end_s: float
    voiced_s: float
    values: dict[VoiceMeasure, float]

    @property
    def seconds(self) -> float:
        """Length in seconds, pauses included."""
        return self.end_s - self.start_s


class SpokenAnswer(Record, frozen=True):
    """One answer as it sounded. `answer_id` is the id of its first utterance.

    `latency_s`: from the end of the question to the first word, 0 when they overlap, None where no question was heard.
    `speech_rate`: syllables a second, pauses included; None without speech. `long_pauses`: pauses of a second or more.
    """

    answer_id: str
    start_s: float
    end_s: float
    windows: tuple[VoiceWindow, ...]
    latency_s: float | None = None
    speech_rate: float | None = None
    long_pauses: tuple[Interval, ...] = ()


class ComparedValue(Record, frozen=True):
    """One measure of one answer beside the person's own baseline.

    `value` and `baseline` are medians over windows; `robust_z` = (value - baseline) / (1.4826 · MAD of the baseline's
    windows). `p`: two-sided probability of a distance at least this large if nothing differs.
    """

    measure: VoiceMeasure
    value: float
    baseline: float
    robust_z: float
    p: float
    windows: int


class VoicePointer(Record, frozen=True):
    """A place to listen to: `measure` differs there from the person's own baseline. No point, no emotion, no trait."""

    answer_id: str
    measure: VoiceMeasure
    direction: Direction
    value: float
    baseline: float
    robust_z: float
    start_s: float
    end_s: float


class AnswerVoice(Record, frozen=True):
    """What is said of one answer's voice. `not_compared`: measure -> reason.

    Reasons: `baseline` (it belongs to the baseline), `too_short`, `no_spread`, `not_measured`, `too_few_answers`.
    `distance`: the median of the absolute robust z of its measures; None when nothing was compared.
    """

    answer_id: str
    start_s: float
    end_s: float
    compared: tuple[ComparedValue, ...]
    not_compared: dict[VoiceMeasure, str]
    distance: float | None = None
    latency_s: float | None = None
    speech_rate: float | None = None
    long_pauses: tuple[Interval, ...] = ()


class VoiceBaseline(Record, frozen=True):
    """The person's own first minutes: seconds of speech, of voiced speech, and windows in them."""

    seconds: float
    voiced_s: float
    windows: int


OverlapKind = Literal["backchannel", "within", "takes_floor"]


class Overlap(Record, frozen=True):
    """Two people speaking at once. `speaker` is the one who began second; `over` the one who was speaking.

    `backchannel`: a listener's response alone ("네", "I see"). `within`: the second ends before the first does.
    `takes_floor`: the first stops and the second goes on, what is commonly called an interruption.
    """

    start_s: float
    end_s: float
    speaker: str
    over: str
    kind: OverlapKind


class TalkShare(Record, frozen=True):
    """How much one speaker spoke: seconds of speech, share of all speech in [0, 1], and number of turns."""

    speaker: str
    role: Role
    spoken_s: float
    share: float
    turns: int


class VoiceAnalysis(Record, frozen=True):
    """The voice of one interview, answer by answer. `reason` is set when no comparison was possible.

    Reasons: `no_timing`, `candidate_unknown`, `no_sound`, `no_baseline` (too little speech or voice to begin with).
    `tests`: comparisons made; `expected_false`: pointers to be expected by chance in the whole interview if nothing
    in the voice changes, the bound that the flagging holds.
    """

    answers: tuple[AnswerVoice, ...] = ()
    pointers: tuple[VoicePointer, ...] = ()
    baseline: VoiceBaseline | None = None
    reason: str | None = None
    tests: int = 0
    expected_false: float = 0.0
    talk: tuple[TalkShare, ...] = ()
    overlaps: tuple[Overlap, ...] = ()


ToneKind = Literal["favourable", "unfavourable", "tense"]


class ToneWord(Record, frozen=True):
    """One word or phrase of a tone, quoted. `negated`: it stands under a negation and is not counted."""

    kind: ToneKind
    quote: Quote
    negated: bool = False


class AnswerTone(Record, frozen=True):
    """The tone of one answer's words: what was said, not what was felt.

    `counts`: words found and not negated, by kind. `words`: words of the answer, for the proportion.
    """

    answer_id: str
    words: int
    counts: dict[ToneKind, int]
    found: tuple[ToneWord, ...]


class DeliveryReview(Record, frozen=True):
    """Voice and tone of words of one interview, side by side by `answer_id`; shown to people, read by no judge.

    `refused` names what the profile or a missing consent forbade ("voice", "tone"); those parts are None.
    """

    voice: VoiceAnalysis | None
    tone: tuple[AnswerTone, ...] | None
    refused: tuple[str, ...] = ()
