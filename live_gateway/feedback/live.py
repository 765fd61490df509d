"""Live feedback of one session: what is known, said and scored while two people talk.

No I/O of its own and no clock: time comes in with what it is told. Every event it returns is also applied to its own
`Conversation`, so that a new owner that restores the durable events knows the same.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import TypeVar

import msgspec
import numpy as np

from include.interview.case import Case
from include.interview.errors import JudgeFailure
from include.interview.live.session import LiveUtterance, LiveVoice
from include.interview.live.wire import Durable, Feedback, ScoreUpdate
from include.interview.records import QuestionMark, Quote, Scorecard, Transcript
from live_gateway.feedback.context import FeedbackContext
from live_gateway.feedback.conversation import Conversation
from live_gateway.feedback.digests import Digest, Digester, Heard, heard
from live_gateway.feedback.judging import Judging
from live_gateway.feedback.pacing import Pacing
from tasks.live_card import live_card, live_case, prosody_allowed

NOTICEABLE = 0.02
"""Change of a score in [0, 1] below which nobody is told."""
SCORE_PAUSE_MS = 3_000
"""Least time between two updates of one criterion."""
REASON_PAUSE_MS = 10_000
"""... while it has no score yet and only the reason's figures change."""
NO_PROSODY_LEVEL = 3
"""Rung of the overload ladder from which no prosody is measured and no questions are written."""

log = logging.getLogger("live_gateway.feedback")
T = TypeVar("T")


class LiveFeedback:
    """One session's feedback. Calls come one at a time, in order; only judging goes on between them."""

    def __init__(self, context: FeedbackContext, executor: Executor | None = None) -> None:
        self._context = context
        self._given = executor
        self._own: ThreadPoolExecutor | None = None
        self._talk = Conversation(context.language, context.opening)
        self._digester = Digester(context)
        self._digests: dict[str, Digest] = {}
        self._heard: dict[str, Heard] = {}
        self._voices: dict[str, LiveVoice] = {}
        self._prosody = prosody_allowed(context.profile, context.consents)
        self._judging: Judging[Scorecard] = Judging(self._executor)
        self._pacing = Pacing(context.settings.judge.kind)
        self._card: Scorecard | None = None
        self._sent_ms: dict[str, int] = {}
        self._level = 0
        if not self._prosody:
            log.info("No prosody in this session.", extra={"profile": context.profile.id})

    # ------------------------------------------------------------ in

    def restore(self, events: Iterable[Durable]) -> None:
        """Become the feedback that has seen and written `events`. Prosody of their utterances is not known again."""
        for event in events:
            self._talk.apply(event)
        self._pacing.restored(self._talk)

    async def on_final(self, utterance: LiveUtterance, pcm: np.ndarray | None, now_ms: int) -> list[Durable]:
        """An utterance became final; `pcm` is its sound (int16, 16 kHz), where there is any."""
        self._talk.add(utterance)
        self._passed(now_ms)
        if pcm is not None and utterance.role != "interviewer":
            await self._run(self._listen, utterance.id, pcm)
        return await self._news()

    async def on_event(self, event: Durable) -> list[Durable]:
        """Another durable event was written."""
        self._talk.apply(event)
        return await self._news()

    async def on_tick(self, now_ms: int) -> list[Durable]:
        """Time has passed."""
        self._passed(now_ms)
        return await self._news()

    def shed(self, level: int) -> None:
        """A rung of the overload ladder: 2 judges less often, 3 writes no questions and measures no prosody."""
        self._level = level

    async def settled(self) -> list[Durable]:
        """Wait for the judgement that runs, and what it leads to."""
        await self._judging.settled()
        return await self._news()

    async def close(self) -> None:
        """Stop judging; what runs is waited for."""
        await self._judging.close()
        if self._own is not None:
            self._own.shutdown(wait=False)
            self._own = None

    # ------------------------------------------------------------ out

    async def assessment(self) -> Scorecard:
        """The live card of everything said so far, by as many judgements as are configured."""
        await self._judging.close()
        case = self._case_maker()
        return await self._run(self._judge, case, None)

    def transcript(self) -> Transcript:
        """Everything said so far, with the speakers as known now."""
        return self._talk.transcript()

    def marks(self) -> tuple[QuestionMark, ...]:
        """Where each question begins."""
        return self._talk.marks()

    # ------------------------------------------------------------ inside

    def _passed(self, now_ms: int) -> None:
        self._talk.now_ms = max(self._talk.now_ms, now_ms)

    def _executor(self) -> Executor:
        if self._given is not None:
            return self._given
        if self._own is None:
            self._own = ThreadPoolExecutor(max_workers=1, thread_name_prefix="feedback")
        return self._own

    async def _run(self, call: Callable[..., T], *args: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor(), call, *args)

    def _listen(self, utt: str, pcm: np.ndarray) -> None:
        if "voice" in self._context.profile.channels and (sound := heard(pcm)) is not None:
            self._heard[utt] = sound
        if self._prosody and self._level < NO_PROSODY_LEVEL:
            self._voices[utt] = self._digester.voice(pcm)

    async def _news(self) -> list[Durable]:
        """Everything there is to tell now; told once."""
        missing = [
            u for u in self._talk.utterances() if u.id not in self._digests or self._digests[u.id].role != u.role
        ]
        if missing:
            self._digests |= await self._run(lambda: {u.id: self._digester.words(u) for u in missing})
        if self._pacing.due(self._talk, self._level):
            make = self._case_maker()
            self._judging.request(lambda: self._judge(make, 1))
        self._card = self._judging.take() or self._card
        news: list[Durable] = []
        for part in (self._keyword_news, self._score_news):
            for event in part():
                self._talk.apply(event)
                news.append(event)
        return news

    def _case_maker(self) -> Callable[[], Case]:
        """The case as it is now, to be built in a thread: nothing it reads changes afterwards."""
        context, talk = self._context, self._talk
        transcript, marks = talk.transcript(), self.marks()
        said = [msgspec.structs.replace(u, voice=self._voices.get(u.id)) for u in talk.utterances("candidate")]
        return lambda: live_case(
            context.session_id, context.opening, context.profile, context.rubric, context.language, transcript, marks,
            said, context.consents,
        )  # fmt: skip

    def _judge(self, make: Callable[[], Case], runs: int | None) -> Scorecard:
        context = self._context
        return live_card(make(), context.settings, consents=context.consents, runs=runs, report=self._failed)

    def _failed(self, criterion: str, failure: JudgeFailure) -> None:
        log.warning("The judge failed.", extra={"criterion": criterion, "code": failure.code})

    # ------------------------------------------------------------ news

    def _keyword_news(self) -> Iterable[Durable]:
        """One chip per term with all utterances that use it, again whenever they change."""
        found: dict[str, list[str]] = {k.term: [] for k in self._context.opening.keywords}
        quotes: dict[str, str] = {}
        for utterance in self._talk.utterances("candidate"):
            for mention in self._digests[utterance.id].mentions:
                if mention.use == "used" and utterance.id not in found[mention.term]:
                    found[mention.term].append(utterance.id)
                    quotes[mention.term] = mention.quote
        for term, utts in found.items():
            told = self._talk.told.get(("interviewer", "keyword", term))
            if utts != (told.evidence if told else []):
                yield Feedback(
                    audience="interviewer", kind="keyword", value=term, evidence=utts, text=quotes.get(term, "")
                )

    def _score_news(self) -> Iterable[Durable]:
        if self._card is None:
            return
        now = self._talk.now_ms
        for line in self._card.criteria:
            reason = line.reason.text.text(self._context.language) if line.reason else None
            update = ScoreUpdate(
                criterion=line.criterion,
                value=None if line.score is None else round(line.score, 3),
                insufficient=reason,
                evidence=list(dict.fromkeys(e.utterance_id for e in line.evidence if isinstance(e, Quote))),
                points=None if line.points is None else round(line.points, 2),
                weight=round(line.effective_weight, 2),
            )
            before = self._talk.scores.get(line.criterion)
            pause = _pause_ms(before, update)
            if pause is not None and now - self._sent_ms.get(line.criterion, -pause) >= pause:
                self._sent_ms[line.criterion] = now
                yield update


def _pause_ms(before: ScoreUpdate | None, after: ScoreUpdate) -> int | None:
    """How long after the last update this one may be told; None when it is not worth telling."""
    if before is None:
        return 0
    if (before.value is None) != (after.value is None):
        return SCORE_PAUSE_MS
    if after.value is None:
        return REASON_PAUSE_MS if before.insufficient != after.insufficient else None
    return SCORE_PAUSE_MS if abs(after.value - (before.value or 0.0)) >= NOTICEABLE else None
