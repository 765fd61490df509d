"""Live feedback of one session: what is known, said and scored while two people talk.

No I/O of its own and no clock: time comes in with what it is told. Every event it returns is also applied to its own
`Conversation`, so that a new owner that restores the durable events knows the same.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import TypeVar

import msgspec
import numpy as np

from include.interview.case import Case
from include.interview.errors import JudgeFailure
from include.interview.live.conversation import Conversation
from include.interview.live.session import LiveUtterance, LiveVoice, SoundQuality
from include.interview.live.wire import Durable, Feedback
from include.interview.records import QuestionMark, Scorecard, Transcript
from include.interview.stages import STAGES
from include.judgement.follow_ups import FollowUp
from include.judgement.keywords import Mention
from include.judgement.live.cadence import Cadence
from include.judgement.live.context import FeedbackContext
from include.judgement.live.coverage import CriterionCoverage, coverage_news, coverage_of
from include.judgement.live.hints import Hint, Hints, is_news, key_of
from include.judgement.live.question_source import write_questions
from include.judgement.live.score_updates import pause_ms, update_of
from include.judgement.live.stories import Probing
from include.judgement.live.suggestions import put_away, rests_on, suggest
from include.judgement.live.utterance_analysis import UtteranceAnalyser, UtteranceAnalysis
from include.perception.voice.audibility import heard
from live_gateway.feedback.latest_only import LatestOnly
from live_gateway.feedback.prosody import prosody_of
from tasks.live.card import live_card, live_case, prosody_allowed

THREADS = 2
"""One judges (a judge model may take seconds), one looks into what is said meanwhile."""
SPARING_LEVEL = 3
"""Load-shedding level from which no prosody is measured and no questions are written."""

log = logging.getLogger("live_gateway.feedback")
T = TypeVar("T")


class Judged(msgspec.Struct, frozen=True):
    """One judgement of the session so far. `useful` is None when no questions were looked for.

    `coverage`: what was heard of each criterion; () in stages that tell none, and where no questions were looked for.
    """

    card: Scorecard
    useful: tuple[FollowUp, ...] | None
    coverage: tuple[CriterionCoverage, ...] = ()


class LiveFeedback:
    """One session's feedback. Calls come one at a time, in order; only judging goes on between them."""

    def __init__(self, context: FeedbackContext, executor: Executor | None = None) -> None:
        self._context = context
        self._given = executor
        self._own: ThreadPoolExecutor | None = None
        self._talk = Conversation(context.language, context.opening)
        self._analyser = UtteranceAnalyser(context)
        self._hints = Hints(context.language, context.question_ids)
        self._analyses: dict[str, UtteranceAnalysis] = {}
        self._sound_quality: dict[str, SoundQuality] = {}
        self._voices: dict[str, LiveVoice] = {}
        self._prosody = prosody_allowed(context.profile, context.consents, context.rubric.stage)
        self._judgements: LatestOnly[Judged] = LatestOnly(self._executor)
        self._cadence = Cadence(context.settings.judge.kind)
        self._judged: Judged | None = None
        self._emitted_ms: dict[object, int] = {}
        self._level = 0
        self._lost_prosody = False
        if not self._prosody:
            log.info("No prosody is measured in this session.", extra={"profile": context.profile.id})

    # ------------------------------------------------------------ in

    def restore(self, events: Iterable[Durable]) -> None:
        """Become the feedback that has seen and written `events`. Prosody of their utterances is not known again."""
        for event in events:
            self._talk.apply(event)
        self._cadence.restored(self._talk)
        self._lost_prosody = self._prosody and bool(self._talk.utterances("candidate"))

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
        """Apply a load-shedding level: 2 judges less often, 3 writes no questions and measures no prosody."""
        self._level = level

    async def settled(self) -> list[Durable]:
        """Wait for the judgement that runs, and tell what it leads to."""
        await self._judgements.settled()
        return await self._news()

    async def close(self) -> None:
        """Stop judging; what runs is waited for."""
        await self._judgements.close()
        if self._own is not None:
            self._own.shutdown(wait=False)
            self._own = None

    # ------------------------------------------------------------ out

    async def assessment(self) -> Scorecard:
        """The live card of everything said so far, by as many judgements as are configured."""
        await self._judgements.close()
        await self._analyse()
        make = self._case_maker()
        return await self._run(lambda: self._card(make(), None))

    def transcript(self) -> Transcript:
        """Everything said so far, with the speakers as known now."""
        return self._talk.transcript()

    def marks(self) -> tuple[QuestionMark, ...]:
        """Where each question begins (see `Conversation.marks`)."""
        return self._talk.marks(self._asked())

    # ------------------------------------------------------------ inside

    def _passed(self, now_ms: int) -> None:
        self._talk.now_ms = max(self._talk.now_ms, now_ms)

    def _executor(self) -> Executor:
        if self._given is not None:
            return self._given
        if self._own is None:
            self._own = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="feedback")
        return self._own

    async def _run(self, call: Callable[..., T], *args: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor(), call, *args)

    def _listen(self, utt: str, pcm: np.ndarray) -> None:
        if "voice" in self._context.profile.channels and (sound := heard(pcm)) is not None:
            self._sound_quality[utt] = sound
        if self._prosody and self._level < SPARING_LEVEL:
            here = self._context
            self._voices[utt] = prosody_of(here.profile, here.consents, here.rubric.stage, pcm)

    async def _analyse(self) -> None:
        """Look into every utterance once, and again when its speaker turns out to be another."""
        known = self._analyses
        missing = [u for u in self._talk.utterances() if u.id not in known or known[u.id].role != u.role]
        if missing:
            known |= await self._run(lambda: {u.id: self._analyser.words(u) for u in missing})

    def _asked(self) -> dict[str, str]:
        """Utterance → the planned question that was recognised in it."""
        said = self._talk.utterances("interviewer")
        found = ((u.id, self._analyses[u.id].question) for u in said if u.id in self._analyses)
        return {utt: question for utt, question in found if question is not None}

    def _case_maker(self) -> Callable[[], Case]:
        """The case as it is now, to be built in a thread: nothing it reads changes afterwards."""
        context, talk = self._context, self._talk
        transcript, marks = talk.transcript(), self.marks()
        said = [msgspec.structs.replace(u, voice=self._voices.get(u.id)) for u in talk.utterances("candidate")]
        return lambda: live_case(
            context.session_id, context.opening, context.profile, context.rubric, context.language, transcript, marks,
            said, context.consents,
        )  # fmt: skip

    def _card(self, case: Case, runs: int | None) -> Scorecard:
        return live_card(case, self._context.settings, runs=runs, report=_failed)

    def _judge(self) -> Callable[[], Judged]:
        make, used, writes = self._case_maker(), self._used(), self._level < SPARING_LEVEL
        probing, settings = self._probing(), self._context.settings
        covers = writes and STAGES[self._context.rubric.stage].probes

        def judge() -> Judged:
            case = make()
            card = self._card(case, 1)
            if not writes:
                return Judged(card, None)
            useful = write_questions(case, used, probing, settings)
            return Judged(card, useful, coverage_of(case, probing) if covers else ())

        return judge

    def _probing(self) -> Probing:
        prepared = self._context.prepared
        return Probing(
            suggested={s.id: s.text for s in self._talk.suggested.values()},
            prepared={q.id: q.criterion for q in prepared},
            listed=tuple(q.wording for q in prepared),
        )

    def _used(self) -> dict[str, tuple[Mention, ...]]:
        """Term → its uses by the candidate, in order."""
        found: dict[str, list[Mention]] = {k.term: [] for k in self._context.opening.keywords}
        for utterance in self._talk.utterances("candidate"):
            for mention in self._analyses[utterance.id].mentions if utterance.id in self._analyses else ():
                if mention.use == "used":
                    found[mention.term].append(mention)
        return {term: tuple(mentions) for term, mentions in found.items()}

    # ------------------------------------------------------------ news

    async def _news(self) -> list[Durable]:
        """Events that are new now, each once."""
        await self._analyse()
        if self._cadence.due(self._talk, self._level):
            self._judgements.request(self._judge())
        fresh = self._judgements.take()
        self._judged = fresh or self._judged
        asked = await self._suggestions_asked()
        news: list[Durable] = []
        for event in self._all_news(fresh, asked):
            self._talk.apply(event)
            news.append(event)
        return news

    async def _suggestions_asked(self) -> dict[str, str]:
        suggested = self._talk.open_suggestions()
        said = self._talk.utterances("interviewer")[-3:]
        if not suggested or not said:
            return {}
        return await self._run(self._analyser.asked, said, suggested, rests_on(self._talk, suggested))

    def _all_news(self, fresh: Judged | None, asked: dict[str, str]) -> Iterator[Durable]:
        yield from self._keyword_news()
        hints = self._hints.all(self._talk, self._analyses, self._sound_quality, self._asked())
        for hint in (*hints, *self._own_hints()):
            before = self._before(hint.feedback)
            if is_news(hint, before) and self._paused(key_of(hint.feedback)[:2], hint.pause_ms):
                yield hint.feedback
        if self._judged is not None:
            yield from self._score_news(self._judged.card)
            yield from coverage_news(self._talk, self._judged.coverage, self._context.language)
        useful = self._judged.useful if self._judged else None
        yield from list(put_away(self._talk, fresh.useful if fresh else None, asked))
        if useful is not None and self._level < SPARING_LEVEL:
            yield from suggest(self._talk, useful)

    def _before(self, feedback: Feedback) -> Feedback | None:
        audience, kind, value = key_of(feedback)
        return self._talk.emitted.get((audience, kind, value)) if value else self._talk.latest.get((audience, kind))

    def _paused(self, key: object, pause_ms: int) -> bool:
        """Whether `pause_ms` have passed since this was last emitted; if so it counts as emitted now."""
        now = self._talk.now_ms
        last = self._emitted_ms.get(key)
        if last is not None and now - last < pause_ms:
            return False
        self._emitted_ms[key] = now
        return True

    def _own_hints(self) -> Iterator[Hint]:
        if self._lost_prosody:
            yield Hint(self._hints.of("interviewer", "prosody", "incomplete", []))
        if self._judged is not None:
            broken = any(line.reason and line.reason.code == "judge_failed" for line in self._judged.card.criteria)
            yield Hint(self._hints.of("interviewer", "judge", "failed" if broken else "ok", []))

    def _keyword_news(self) -> Iterator[Durable]:
        """One chip per term with all utterances that use it, again whenever they change."""
        for term, mentions in self._used().items():
            utts = list(dict.fromkeys(m.utterance_id for m in mentions))
            emitted = self._talk.emitted.get(("interviewer", "keyword", term))
            if utts != (emitted.evidence if emitted else []):
                text = mentions[-1].quote if mentions else ""
                yield Feedback(audience="interviewer", kind="keyword", value=term, evidence=utts, text=text)

    def _score_news(self, card: Scorecard) -> Iterator[Durable]:
        for line in card.criteria:
            update = update_of(line, self._context.language)
            pause = pause_ms(self._talk.scores.get(line.criterion), update)
            if pause is not None and self._paused(line.criterion, pause):
                yield update


def _failed(criterion: str, failure: JudgeFailure) -> None:
    log.warning("The judge failed.", extra={"criterion": criterion, "code": failure.code})
