"""The end of a session: the last words become final, the card is made, and the rest is queued for Airflow."""

from __future__ import annotations

from include.interview.live.wire import Result
from include.storage.repositories.scorecards import card_id
from live_gateway import metrics
from live_gateway.sessions.audio_feed import Hearing
from live_gateway.sessions.event_writer import Ledger
from live_gateway.sessions.feedback_queue import Advice


async def conclude(ledger: Ledger, hearing: Hearing | None, advice: Advice) -> None:
    """Finalise, assess, tell the result, queue the hand-over. Begun again by the next owner wherever it stopped.

    Raises:
        Fenced, ServiceFailure: as `Ledger.write`.
    """
    room = ledger.room
    await room.set_state("ending")
    if hearing is not None and ledger.checkpoint.phase == "ending":
        await hearing.finalize()
        await advice.settled()
    if ledger.checkpoint.phase != "ended":  # written together with the result
        card = await advice.assessment()
        async with ledger.turn:
            await ledger.write([Result(scorecard_id=card_id(card), card=card)], phase="ended")
    await room.queue_handover()
    await room.set_state("ended")
    metrics.sessions.labels("ended").inc()
