"""Where a candidate's socket goes on, by the numbers of the candidate's own stream."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from include.interview.live import wire
from live_gateway.sessions.handle import Join, SessionHandle
from live_gateway.socket.candidate_stream import EPOCH_SUFFIX, CandidateStream


def by_session(hello: wire.Hello) -> wire.Hello:
    """`hello` as the session counts: a candidate's own number says nothing there, only whether the epoch stands."""
    if hello.resume is None or not hello.resume.epoch.endswith(EPOCH_SUFFIX):
        return hello
    known = wire.ResumeFrom(epoch=hello.resume.epoch.removesuffix(EPOCH_SUFFIX), last_seq=0)
    return replace(hello, resume=known)


async def resumed(
    handle: SessionHandle, hello: wire.Hello, join: Join
) -> tuple[CandidateStream, Join, Sequence[wire.Durable]]:
    """The candidate's stream so far, `join` as the candidate sees it, and the messages that were missed.

    Raises:
        ServiceFailure: Redis is away.
    """
    events = await handle.store.all_events()
    stream, messages = CandidateStream.of(events)
    join = replace(join, after_seq=events[-1].seq if events else 0)
    known = hello.resume
    if known is None or (known.epoch == join.claim.epoch + EPOCH_SUFFIX and 0 <= known.last_seq <= len(messages)):
        missed = messages[known.last_seq if known else 0 :]
        return stream, replace(join, recovered=True, snapshot=[]), missed
    snapshot: list[Any] = stream.present(messages)
    return stream, replace(join, recovered=False, snapshot=snapshot), ()
