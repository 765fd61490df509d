"""One session, as its sockets and its owner reach it: its live state in Redis under the candidate's key.

`store` reaches the live state; what needs the database, consent or the session's clock besides is a method here.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Literal

import msgspec

from include.interview.errors import BadInput
from include.interview.live import wire
from include.interview.live.session import LiveSession
from include.interview.records import Scorecard
from include.interview.scoring.review import Standing
from include.interview.stages import STAGES
from include.storage import Stores
from include.storage.live import LiveState, SessionMeta, SessionStore, SocketClaim, StateLost, Superseded
from live_gateway import metrics
from live_gateway.sessions import commands
from live_gateway.sessions.channels import SAMPLES_PER_MS, tracks_of
from live_gateway.sessions.consent_check import check_consent
from live_gateway.sessions.errors import JoinRefused
from tasks.evaluation.card_standing import rates_first, standing

SUPERSEDED = JoinRefused(wire.SUPERSEDED, "superseded", "You connected elsewhere; the newest connection wins.")
OFF_PANEL = JoinRefused(wire.FORBIDDEN, "not_on_panel", "This account is not on the panel of this interview.")
GapCause = Literal["client", "lost"]
HERE_S = 4.0
"""A panelist whose sockets were last seen longer ago than this has left; replicas report once a second."""
LOST = "The session's live state was lost; connect again to go on."


class Join(msgspec.Struct, frozen=True):
    """What a socket that joined its session is given, from `SessionHandle.join`."""

    claim: SocketClaim
    recovered: bool
    after_seq: int
    """Durable events are sent from the one after this."""
    snapshot: list[wire.AnyDurable] = []
    lost: bool = False
    """The sender's stream was lost: its next frame says where it stands."""
    ended: bool = False
    leads: bool = True
    """Whether the account leads the panel; true where one conducts the interview."""
    blind: bool = False
    """Whether the account has yet to rate the interview before it sees a number of the machine."""

    @property
    def channels(self) -> int:
        """Of the sender's sound."""
        return self.claim.channels or 1


@contextmanager
def _refusals() -> Iterator[None]:
    """What the store says of a socket's claim, as the reason why the socket cannot go on."""
    try:
        yield
    except Superseded:
        raise SUPERSEDED from None
    except StateLost:
        raise JoinRefused(wire.INTERNAL, "state_lost", LOST) from None


class SessionHandle:
    """One session in one epoch. Shared by its sockets and its owner on this replica."""

    def __init__(
        self,
        store: SessionStore,
        stores: Stores,
        session: LiveSession,
        meta: SessionMeta,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.store, self._stores, self._clock = store, stores, clock
        self.id, self.session, self.meta = session.id, session, meta
        self.epoch = meta.epoch
        self._start_unix_ms = meta.started_unix_ms
        self._logins: dict[str, str] = {}

    @property
    def started(self) -> bool:
        """Whether anybody has joined yet."""
        return self._start_unix_ms is not None

    def now_ms(self) -> int:
        """Where the session's clock stands."""
        return 0 if self._start_unix_ms is None else max(0, int(self._clock() * 1000) - self._start_unix_ms)

    async def current(self) -> bool:
        """Whether this is still the session's epoch. Raises ServiceFailure."""
        try:
            return await self.store.epoch() == self.epoch
        except StateLost:
            return False

    # ------------------------------------------------------------ for sockets

    @property
    def has_panel(self) -> bool:
        """Whether several people may conduct it."""
        return STAGES[self.meta.stage].interviewers > 1

    async def refresh(self) -> LiveSession:
        """Read the session anew: who conducts it may have changed. Raises ServiceFailure."""
        self.session = await self.live_session()
        return self.session

    async def panel(self) -> list[wire.Panelist]:
        """Who conducts it and who of them is here. Raises ServiceFailure."""
        accounts = self.session.interviewers
        away = await self.store.away_s(accounts)
        missing = [account for account in accounts if account not in self._logins]
        if missing:
            self._logins |= await asyncio.to_thread(self._logins_of, missing)
        return [
            wire.Panelist(account, self._logins[account], away_s <= HERE_S, account == self.session.interviewer_id)
            for account, away_s in zip(accounts, away, strict=True)
        ]

    def _logins_of(self, accounts: Sequence[str]) -> dict[str, str]:
        return {account: self._stores.accounts.get(account).login for account in accounts}

    async def question_ids(self) -> frozenset[str]:
        """Ids of questions that may be asked besides suggested ones: the opening's and prepared ones.

        Raises:
            ServiceFailure: the database cannot be used.
        """

        def look() -> frozenset[str]:
            opening = self._stores.openings.get(self.session.opening_id)
            ids = {question.id for question in opening.questions}
            if STAGES[self.meta.stage].preparation is not None:
                found = self._stores.prepared_questions.find(self.id)
                ids |= {question.id for question in found.questions} if found else set()
            return frozenset(ids)

        return await asyncio.to_thread(look)

    async def join(self, role: wire.SocketRole, hello: wire.Hello, account: str = "") -> Join:
        """Check consent, claim the place of `account` in the role, and return where it goes on.

        Raises:
            Taken: no consent, or not on the panel (4403), ended (4410), another number of channels, or sound from who
                may send none (4400), or the state was lost (1011).
            ServiceFailure: Redis or the database is away.
        """
        one_of_many = self.has_panel and role == "interviewer"
        if one_of_many and account not in (await self.refresh()).interviewers:
            raise OFF_PANEL
        consent = await asyncio.to_thread(
            check_consent, self._stores, self.id, self.meta.candidate_id, self.meta.profile, hello.consent_id
        )
        if self.session.consent_id is None:
            self.session = await asyncio.to_thread(self._stores.live_sessions.set_consent, self.id, consent)
        channels = None if hello.audio is None else hello.audio.channels
        try:
            if one_of_many:
                leads = account == self.session.interviewer_id
                claim = await self.store.claim_socket(role, channels, account, leads=leads)
            else:
                leads = True
                claim = await self.store.claim_socket(role, channels)
            if claim.epoch != self.epoch:
                raise JoinRefused(wire.INTERNAL, "state_lost", LOST)
            joined = await self._joined(hello, claim)
            blind = one_of_many and await asyncio.to_thread(rates_first, self._stores, self.session, account)
            return msgspec.structs.replace(joined, leads=leads, blind=blind)
        except StateLost:
            raise JoinRefused(wire.INTERNAL, "state_lost", LOST) from None
        except BadInput as error:
            raise JoinRefused(wire.BAD_MESSAGE, error.code, error.cause) from None

    async def _joined(self, hello: wire.Hello, claim: SocketClaim) -> Join:
        self._start_unix_ms = claim.session_start_unix_ms
        known, state_known = hello.resume, claim.state in ("ending", "ended")
        if known is None or (known.epoch == claim.epoch and 0 <= known.last_seq <= claim.last_seq):
            return Join(claim, recovered=True, after_seq=0 if known is None else known.last_seq, ended=state_known)
        snapshot = await self.store.all_events()
        after = max([0, *(event.seq for event in snapshot)])
        lost = known.epoch != claim.epoch and claim.next_sample == 0
        return Join(claim, recovered=False, after_seq=after, snapshot=snapshot, lost=lost, ended=state_known)

    async def standing(self, card: Scorecard) -> Standing:
        """Whether the session's `card` may be shown now. Raises ServiceFailure."""

        def look() -> Standing:
            return standing(self._stores, self._stores.interviews.get(self.id), card.review)

        return await asyncio.to_thread(look)

    async def append(self, join: Join, start_sample: int, pcm: bytes) -> int:
        """Keep sound; returns the first sample that is not durable yet.

        Raises:
            JoinRefused: superseded, or the state was lost. ServiceFailure: Redis is away; try again.
        """
        with _refusals():
            through = await self.store.append_audio(join.claim, start_sample, pcm)
        metrics.audio_seconds.inc(len(pcm) / (wire.SAMPLE_RATE * wire.SAMPLE_BYTES * join.channels))
        return through

    async def skip(self, join: Join, start_sample: int, end_sample: int, cause: GapCause | None, rebase: bool) -> None:
        """Let the sender's clock jump over samples [start_sample, end_sample); with a `cause` they are a declared gap.

        Args:
            cause: None where the silence was meant.
            rebase: place the sender's clock anew on the session's: `end_sample` is now.

        Raises:
            JoinRefused, ServiceFailure: as `append`.
        """
        claim = join.claim
        with _refusals():
            if cause is not None:  # declared first: a process that ends in between leaves no hole undeclared
                gaps = [
                    wire.AudioGap(track=track, start_sample=start_sample, end_sample=end_sample, cause=cause)
                    for track in tracks_of(claim.role, self.meta.microphones, join.channels)
                ]
                name = f"gap {claim.role} {start_sample} {end_sample}"
                await self.store.append_events(gaps, fence=None, once=name)
                metrics.gaps.labels(cause).inc()
            start_ms = self.now_ms() - end_sample // SAMPLES_PER_MS if rebase else None
            await self.store.skip_audio(claim, end_sample, start_ms=start_ms)

    async def request(self, command: commands.AnyCommand, once: str | None = None) -> None:
        """Hand a socket's command to the owner, durably. Raises as `append`."""
        with _refusals():
            await self.command(command, once)

    # ------------------------------------------------------------ for the owner

    async def command(self, command: commands.AnyCommand, once: str | None = None) -> None:
        """Hand a command to the owner. Raises StateLost, ServiceFailure."""
        await self.store.command(commands.encode(command), once=once)

    async def commands(self, after: str) -> list[tuple[str, commands.AnyCommand]]:
        """Commands after position `after`, each with its own position. Raises ServiceFailure, BadInput."""
        return [(each.place, commands.decode(each.data)) for each in await self.store.commands(after)]

    async def abandoned(self, after_s: float) -> bool:
        """Whether no socket was seen for so long. Raises ServiceFailure."""
        return await self.store.unseen_s() > after_s

    async def began(self) -> None:
        """Record in the database that it runs, and since when. Raises ServiceFailure."""
        at = datetime.fromtimestamp((self._start_unix_ms or 0) / 1000, UTC) if self._start_unix_ms else None
        await asyncio.to_thread(self._stores.live_sessions.set_state, self.id, "live", at=at)

    async def set_state(self, state: LiveState) -> None:
        """Where the session stands, for Redis and the database. Raises StateLost, ServiceFailure."""
        await self.store.set_state(state)
        await asyncio.to_thread(self._stores.live_sessions.set_state, self.id, state)

    async def handed_over(self, run_id: str, scorecard_id: str) -> None:
        """Record the hand-over in the database: the evaluation run and the live card. Raises ServiceFailure."""
        await asyncio.to_thread(
            self._stores.live_sessions.set_state, self.id, "handed_over", dag_run_id=run_id, scorecard_id=scorecard_id
        )

    async def live_session(self) -> LiveSession:
        """As the database knows it now. Raises ServiceFailure."""
        return await asyncio.to_thread(self._stores.live_sessions.get, self.id)
