"""The end of a session: the last words become final, the card is made, and the rest is queued for Airflow."""

from __future__ import annotations

from collections.abc import Sequence

from include.interview.live.finals import TRACK_OF
from include.interview.live.wire import Durable, Result, SpeechDiscarded
from include.interview.records import Scorecard
from include.interview.scoring.review import standing_of
from include.storage.repositories.scorecards import card_id
from live_gateway import metrics
from live_gateway.sessions.audio_feed import AudioFeed
from live_gateway.sessions.event_writer import EventWriter
from live_gateway.sessions.feedback_queue import FeedbackQueue


async def conclude(writer: EventWriter, feed: AudioFeed | None, feedback: FeedbackQueue) -> None:
    """Finalise, assess, write the result, queue the hand-over. Begun again by the next owner wherever it stopped.

    Raises:
        Fenced, ServiceFailure: as `EventWriter.write`.
    """
    handle = writer.handle
    await handle.set_state("ending")
    if feed is not None and writer.checkpoint.phase == "ending":
        await feed.conclude()
        await _close_speech(writer)
        await feedback.settled()
    if writer.checkpoint.phase != "ended":  # written together with the result
        card = await feedback.assessment()
        async with writer.turn:
            closing = await _closing_scores(writer, card)
            await writer.write([*closing, Result(scorecard_id=card_id(card), card=card)], phase="ended")
    await handle.store.queue_handover()
    await handle.set_state("ended")
    metrics.sessions.labels("ended").inc()


async def _close_speech(writer: EventWriter) -> None:
    """Say of every utterance that was begun and has no final that none will come.

    An owner that took over may have heard the same sound begin elsewhere, and two microphones may have turned out to
    be one.
    """
    async with writer.turn:
        begun = writer.checkpoint.emitted
        closed = [SpeechDiscarded(utt=utt, track=TRACK_OF[utt[0]], reason="lost") for utt in begun]
        await writer.write(closed, emitted={})


async def _closing_scores(writer: EventWriter, card: Scorecard) -> Sequence[Durable]:
    """What makes the last score of every criterion agree with `card`; nothing while a person has to look at it."""
    from include.judgement.live.score_updates import closing_updates

    if standing_of("live", card.review, None).state != "shown":
        return ()
    return closing_updates(card, writer.handle.session.language, await writer.handle.store.all_events())
