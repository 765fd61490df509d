"""Refusals of who may do what, written into the audit trail: a flood of them makes a bounded number of entries."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from include.interview.errors import TriviewError
from include.security.chain import Plain

REFUSED = "access.refused"
NOBODY = "nobody"
"""Actor of refusals of who is not logged in."""
OTHERS = "others"
"""What is refused beyond `MOST_KINDS` in a window, together."""
WINDOW_S = 60.0
"""The first refusal of a kind is written at once; those of so many seconds after it are one entry with their count."""
MOST_KINDS = 50
"""Kinds told apart in a window, a kind being who was refused what and why: two entries each at the most."""
MOST_IDS = 20
"""Ids of what somebody was refused, named in one entry; further ones are only counted."""
Kind = tuple[str, str, str]
Record = Callable[[str, str, str, dict[str, Plain]], Awaitable[None]]
log = logging.getLogger("live_gateway")


@dataclass
class _Counted:
    """Refusals of a kind that are not written yet."""

    count: int = 0
    ids: set[str] = field(default_factory=set)


class Refusals:
    """Counts what is refused, and writes it. All calls are made on the event loop."""

    def __init__(self, record: Record, *, window_s: float = WINDOW_S) -> None:
        """`record(actor, action, subject, detail)` appends one entry."""
        self._record = record
        self._window_s = window_s
        self._counted: dict[Kind, _Counted] = {}
        self._window: asyncio.Task[None] | None = None
        self._writing: set[asyncio.Task[None]] = set()

    def note(self, actor: str, asked: str, code: str, ids: Iterable[str] = ()) -> None:
        """Count that `actor` ("role:account id") was refused to do `asked`, an action of the table, for `code`.

        `ids` are those of what it was about: ids of ours only, never what somebody typed.
        """
        kind = (actor, asked, code)
        if kind in self._counted:
            self._add(kind, ids)
        elif len(self._counted) < MOST_KINDS:
            self._counted[kind] = _Counted()
            self._write(kind, _Counted(1, set(ids)))
        else:
            self._counted.setdefault((OTHERS, OTHERS, code), _Counted())
            self._add((OTHERS, OTHERS, code), ())
        if self._window is None:
            self._window = asyncio.create_task(self._after_window())

    def _add(self, kind: Kind, ids: Iterable[str]) -> None:
        counted = self._counted[kind]
        counted.count += 1
        counted.ids.update(identity for identity in ids if len(counted.ids) < MOST_IDS)

    async def _after_window(self) -> None:
        await asyncio.sleep(self._window_s)
        self._window = None
        self._write_counted()

    def _write_counted(self) -> None:
        counted, self._counted = self._counted, {}
        for kind, one in counted.items():
            if one.count:
                self._write(kind, one)

    def _write(self, kind: Kind, counted: _Counted) -> None:
        task = asyncio.create_task(self._written(kind, counted))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def _written(self, kind: Kind, counted: _Counted) -> None:
        actor, asked, code = kind
        detail: dict[str, Plain] = {"code": code, "count": counted.count, "ids": sorted(counted.ids)}
        try:
            await self._record(actor, REFUSED, f"action:{asked}", detail)
        except TriviewError as error:  # the refusal stands; the log says what the trail could not be told
            log.error("a refusal was not recorded", extra={"code": error.code, "refused": code, "n": counted.count})  # noqa: TRY400

    async def close(self) -> None:
        """Write what was counted, and wait until it is written."""
        if self._window is not None:
            self._window.cancel()
            await asyncio.gather(self._window, return_exceptions=True)
            self._window = None
        self._write_counted()
        while self._writing:
            await asyncio.wait(set(self._writing))
