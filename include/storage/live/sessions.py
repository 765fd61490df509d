"""What a live session is and where it stands; its sockets' places, of which the newest per role counts."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import cast, get_args

import msgspec
from msgspec.structs import replace

from include.interview.errors import BadInput
from include.interview.live.wire import SocketRole
from include.storage.live import names
from include.storage.live.link import LivePart, Script
from include.storage.live.records import LiveState, Sender, SessionMeta, SocketClaim, StateLost, place_of

EPOCH_BYTES = 8
UNJOINED_S = 7 * 24 * 3600.0
"""A session nobody joined is forgotten by Redis after so long; the database still knows it."""

NOW = "local t = redis.call('TIME'); local now = t[1] * 1000 + math.floor(t[2] / 1000)\n"
"""Redis' own clock in unix ms: the same for all replicas."""

CREATE = Script(
    NOW
    + """
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
for i = 2, #KEYS - 1 do redis.call('DEL', KEYS[i]) end
local base = ARGV[5] == '1' and t[1] or '0'
redis.call('HSET', KEYS[1], 'doc', ARGV[1], 'epoch', ARGV[2], 'state', 'created', 'seq', 0, 'fence', base,
  'gen:interviewer', base, 'gen:candidate', base)
if ARGV[4] ~= '' then
  redis.call('HSET', KEYS[1], 'started', ARGV[4], 'state', 'live', 'seen', string.format('%.0f', now))
  redis.call('SADD', KEYS[#KEYS], ARGV[6])
else
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
return 1
"""
)
"""Tokens of a recreated session begin at the unix time: above all that were given before it was lost."""

CLAIM = Script(
    NOW
    + """
local role, channels, place = ARGV[1], ARGV[2], ARGV[6]
local m = redis.call('HMGET', KEYS[1], 'epoch', 'state', 'started', 'seq', 'channels:' .. role, 'start:' .. role,
  'next:' .. role)
if not m[1] then return {'lost'} end
if channels ~= '' and m[5] and m[5] ~= channels then return {'channels', m[5]} end
if channels ~= '' and place ~= role then
  if ARGV[7] ~= '1' and redis.call('HGET', KEYS[1], 'mic:' .. role) ~= place then return {'microphone'} end
  redis.call('HSET', KEYS[1], 'mic:' .. role, place)
end
local text = string.format('%.0f', now)
if not m[3] then
  m[3] = text
  redis.call('HSET', KEYS[1], 'started', text)
  redis.call('PERSIST', KEYS[1])
end
if m[2] == 'created' then
  m[2] = 'live'
  redis.call('HSET', KEYS[1], 'state', 'live')
  redis.call('SADD', KEYS[2], ARGV[3])
  redis.call('PUBLISH', ARGV[5], 'o ' .. ARGV[3])
end
if channels ~= '' and not m[5] then
  m[5], m[6] = channels, string.format('%.0f', now - tonumber(m[3]))
  redis.call('HSET', KEYS[1], 'channels:' .. role, m[5], 'start:' .. role, m[6])
end
if place ~= role then
  redis.call('HSETNX', KEYS[1], 'gen:' .. place, redis.call('HGET', KEYS[1], 'gen:' .. role))
  redis.call('HSET', KEYS[1], 'here:' .. place, text)
end
local generation = redis.call('HINCRBY', KEYS[1], 'gen:' .. place, 1)
redis.call('HSET', KEYS[1], 'seen', text)
redis.call('PUBLISH', ARGV[4], 'j ' .. place .. ' ' .. generation)
return {'ok', generation, m[1], m[2], m[3], m[4], m[5] or '', m[6] or '', m[7] or '0', text}
"""
)

SET_STATE = Script(
    """
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'state', ARGV[1])
if ARGV[1] == 'live' or ARGV[1] == 'ending' then
  redis.call('SADD', KEYS[2], ARGV[2])
else
  redis.call('SREM', KEYS[2], ARGV[2])
end
return 1
"""
)

SEEN = Script(
    NOW
    + """
local text = string.format('%.0f', now)
for i = 1, #KEYS do
  if redis.call('EXISTS', KEYS[i]) == 1 then
    redis.call('HSET', KEYS[i], 'seen', text)
    for place in string.gmatch(ARGV[i], '%S+') do redis.call('HSET', KEYS[i], 'here:' .. place, text) end
  end
end
return 0
"""
)

AWAY = Script(
    NOW
    + """
local found = {}
for i = 1, #ARGV do
  local here = redis.call('HGET', KEYS[1], 'here:' .. ARGV[i])
  found[i] = here and now - tonumber(here) or -1
end
return found
"""
)

UNSEEN = Script(
    NOW
    + """
local seen = redis.call('HGET', KEYS[1], 'seen')
if not seen then return -1 end
return now - tonumber(seen)
"""
)

EXPIRE = Script(
    """
for i = 1, #KEYS - 1 do redis.call('PEXPIRE', KEYS[i], ARGV[1]) end
redis.call('SREM', KEYS[#KEYS], ARGV[2])
return 0
"""
)


class Sessions(LivePart):
    """Session state. All calls raise ServiceFailure when Redis is away."""

    async def create(self, meta: SessionMeta) -> SessionMeta:
        """The session with a new epoch; as it is when Redis knows it already."""
        return await self._create(meta, None, again=False)

    async def recreate(self, meta: SessionMeta, *, started_unix_ms: int | None) -> SessionMeta:
        """As `create`, for a session of the database that Redis lost: nothing but `meta` is left, the epoch is new.

        Args:
            started_unix_ms: zero of the session's clock, when somebody had joined: it is then live at once.
        """
        return await self._create(meta, started_unix_ms, again=True)

    async def _create(self, meta: SessionMeta, started_unix_ms: int | None, *, again: bool) -> SessionMeta:
        fresh = replace(meta, epoch="", state="created", started_unix_ms=None, last_seq=0)
        started = "" if started_unix_ms is None else str(started_unix_ms)
        args = (
            msgspec.json.encode(fresh), secrets.token_hex(EPOCH_BYTES), int(UNJOINED_S * 1000), started,
            int(again), meta.id,
        )  # fmt: skip
        await self._link.run(CREATE, [*names.all_of(meta.id), names.RUNNING], args)
        return await self.meta(meta.id)

    async def meta(self, session_id: str) -> SessionMeta:
        """The session and where it stands.

        Raises:
            StateLost: Redis does not know it (never created, expired, or Redis was emptied).
        """
        fields = ("doc", "epoch", "state", "started", "seq")
        doc, epoch, state, started, seq = await self._link.call("HMGET", names.meta(session_id), *fields)
        if doc is None:
            raise lost(session_id)
        return replace(
            msgspec.json.decode(doc, type=SessionMeta),
            epoch=epoch.decode(),
            state=_state(state.decode()),
            started_unix_ms=None if started is None else int(started),
            last_seq=int(seq),
        )

    async def epoch(self, session_id: str) -> str:
        """Which life of the session's stream this is. Raises StateLost."""
        found = await self._link.call("HGET", names.meta(session_id), "epoch")
        if found is None:
            raise lost(session_id)
        epoch: str = found.decode()
        return epoch

    async def set_state(self, session_id: str, state: LiveState) -> None:
        """Where the session stands. Live and ending ones need an owner. Raises StateLost."""
        keys = [names.meta(session_id), names.RUNNING]
        if not await self._link.run(SET_STATE, keys, [state, session_id]):
            raise lost(session_id)

    async def claim_socket(
        self, session_id: str, role: SocketRole, channels: int | None, account: str = "", *, leads: bool = False
    ) -> SocketClaim:
        """The newest place of `role`; older ones are superseded from now on, and told so.

        The first claim of all starts the session's clock; the first one with `channels` (None: it only listens)
        places the role's sample 0 on that clock.

        Args:
            account: on a panel, whose place in the role it is: then only places of the same account are superseded,
                and the role's microphone is held by one place at a time.
            leads: whether the account leads the panel: it may bring a microphone, which takes it from who had it.

        Raises:
            StateLost: Redis does not know the session.
            BadInput: code "channels_changed", or "microphone_elsewhere": the account brings sound, but neither leads
                nor holds the role's microphone.
        """
        keys = [names.meta(session_id), names.RUNNING]
        sound = "" if channels is None else channels
        place = place_of(role, account)
        args = (role, sound, session_id, names.channel(session_id), names.EVERYBODY, place, int(leads))
        answer = await self._link.run(CLAIM, keys, args)
        if answer[0] == b"lost":
            raise lost(session_id)
        if answer[0] == b"channels":
            raise BadInput(
                f"This role's sound has {int(answer[1])} channel(s) in this session.",
                "Send the same number throughout a session.",
                code="channels_changed",
            )
        if answer[0] == b"microphone":
            raise BadInput(
                "Only who leads the interview sends the panel's sound.",
                "Take part without a microphone, or have the lead handed on to you.",
                code="microphone_elsewhere",
            )
        _, generation, epoch, state, started, seq, kept, start, following, now = answer
        return SocketClaim(
            session_id=session_id,
            role=role,
            generation=int(generation),
            epoch=epoch.decode(),
            next_sample=int(following),
            channels=int(kept) if kept else None,
            start_ms=int(start) if start else None,
            session_start_unix_ms=int(started),
            session_ms=int(now) - int(started),
            last_seq=int(seq),
            state=_state(state.decode()),
            account=account,
        )

    async def senders(self, session_id: str) -> list[Sender]:
        """The roles that sent sound, or said they would. Raises StateLost."""
        fields = [f"{name}:{role}" for role in names.ROLES for name in ("channels", "start", "next")]
        epoch, *values = await self._link.call("HMGET", names.meta(session_id), "epoch", *fields)
        if epoch is None:
            raise lost(session_id)
        found = []
        for number, role in enumerate(names.ROLES):
            channels, start, following = values[3 * number : 3 * number + 3]
            if channels is not None:
                found.append(Sender(role, int(channels), int(start), int(following or 0)))
        return found

    async def seen(self, sessions: Mapping[str, Iterable[str]]) -> None:
        """Somebody is there, in all of these: called every few seconds by a replica for sessions with sockets.

        Args:
            sessions: session id -> the accounts on its panel that have a socket here.
        """
        keys = [names.meta(session_id) for session_id in sessions]
        if keys:
            places = [" ".join(place_of("interviewer", account) for account in here) for here in sessions.values()]
            await self._link.run(SEEN, keys, places)

    async def away_s(self, session_id: str, accounts: Sequence[str]) -> list[float]:
        """Per account of the panel the seconds since one of its sockets was seen; infinite when none ever was."""
        if not accounts:
            return []
        places = [place_of("interviewer", account) for account in accounts]
        answer = await self._link.run(AWAY, [names.meta(session_id)], places)
        return [float("inf") if int(ms) < 0 else int(ms) / 1000 for ms in answer]

    async def unseen_s(self, session_id: str) -> float:
        """Seconds since a socket was last seen; infinite when none ever was, or Redis does not know the session."""
        unseen = int(await self._link.run(UNSEEN, [names.meta(session_id)]))
        return float("inf") if unseen < 0 else unseen / 1000

    async def expire(self, session_id: str, after_s: float) -> None:
        """Forget everything of the session in `after_s` seconds."""
        keys = [*names.all_of(session_id), names.RUNNING]
        await self._link.run(EXPIRE, keys, [max(1, int(after_s * 1000)), session_id])

    async def forget(self, session_id: str) -> None:
        """Forget everything of the session now, its place in the queue of hand-overs included."""
        await self._link.call("UNLINK", *names.all_of(session_id), names.lease(session_id))
        await self._link.call("SREM", names.RUNNING, session_id)
        await self._link.call("ZREM", names.HANDOVER, session_id)
        await self._link.call("HDEL", names.HANDOVER_WORKERS, session_id)

    async def kept(self, session_id: str) -> int:
        """How many keys hold something of the session; what waits to be handed over counts as one more."""
        keys = int(await self._link.call("EXISTS", *names.all_of(session_id), names.lease(session_id)))
        waits = await self._link.call("ZSCORE", names.HANDOVER, session_id)
        return keys + (waits is not None)


def lost(session_id: str) -> StateLost:
    """The error for a session that Redis does not know."""
    return StateLost(f"The live state of session {session_id} is not in Redis.", "Create it again from the database.")


def _state(text: str) -> LiveState:
    if text not in get_args(LiveState):
        raise StateLost(f"Redis holds the unknown session state {text!r}.", "Run one version of the gateway only.")
    return cast("LiveState", text)
