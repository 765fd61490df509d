"""Webhooks and what is to be sent to them: the audit trail is the outbox, so nothing that happened is left out.

Every event is an entry of the trail, written in the transaction of what it tells. Each webhook remembers the last entry
that was looked at for it; what comes after becomes deliveries, one for each entry and webhook.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from include.interview.errors import BadInput, NotFound, WrongKey
from include.interview.records import Record
from include.interview.webhooks.messages import EVENTS, TEST, WebhookMessage, delay_s
from include.interview.webhooks.targets import check_url
from include.security.errors import CannotOpen
from include.security.keys import MasterKey, new_data_key, rewrap, wrap
from include.storage.database import tables as t
from include.storage.database.engine import writing
from include.storage.database.unit_of_work import Core, new_id, now, refuse_mixed_keys

DeliveryState = Literal["waiting", "delivered", "given_up"]
MOST_WEBHOOKS = 20
BATCH = 200
"""Entries of the trail that are looked at in one transaction."""
LOG_DAYS = 30
"""How long the log keeps what is not waiting."""
SECRET_PURPOSE = b"triview-webhook"


class Webhook(Record, frozen=True):
    """A system that is told of `events`; without its secret. `created_at`: UTC, ISO 8601."""

    id: str
    url: str
    events: tuple[str, ...]
    created_at: str


class Delivery(Record, frozen=True):
    """One message in the log. `outcome`: of the last try, a status such as "200" or a code; times UTC, ISO 8601."""

    id: str
    webhook_id: str
    event: str
    subject: str
    state: DeliveryState
    attempts: int
    outcome: str
    occurred_at: str
    due_at: str
    tried_at: str | None


class Outgoing(msgspec.Struct, frozen=True):
    """A message that is due: where to, signed with what, after how many failures."""

    message: WebhookMessage
    webhook_id: str
    url: str
    secret: bytes
    failures: int


class Webhooks:
    """Stored webhooks and deliveries. Adding, removing and testing are audit entries.

    Every call raises ServiceFailure when the database cannot be used.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def add(self, url: str, events: Sequence[str]) -> tuple[Webhook, str]:
        """A new webhook, told of what happens from now on, and its secret (64 hex digits), which is shown this once.

        Raises:
            BadInput: code "webhook_url" or "webhook_inner_address"; unknown or no events; too many webhooks.
            WrongKey: another master key.
        """
        check_url(url)
        chosen = tuple(one for one in EVENTS if one in events)
        if not chosen or set(events) - set(EVENTS):
            raise BadInput("A webhook needs events that there are.", f"Choose some of {', '.join(EVENTS)}.")
        key, master, identity, at = new_data_key(), self._core.master, new_id(), now()
        with self._core.act() as act:
            refuse_mixed_keys(act.connection, master)
            if act.connection.execute(select(func.count()).select_from(t.webhooks)).scalar_one() >= MOST_WEBHOOKS:
                raise BadInput(f"There are {MOST_WEBHOOKS} webhooks already.", "Remove one first.")
            act.record("webhook.added", f"webhook:{identity}", {"events": list(chosen)})
            row = {
                "id": identity,
                "url": url,
                "events": msgspec.json.encode(chosen).decode(),
                "wrapped_key": wrap(master, key, _owner(identity)),
                "master_key_id": master.id,
                "created_by": act.actor,
                "created_at": at,
                "told_seq": act.connection.execute(select(t.audit_head.c.seq)).scalar_one(),
            }
            act.connection.execute(insert(t.webhooks).values(**row))
        return Webhook(identity, url, chosen, at.isoformat()), key.derive(SECRET_PURPOSE).hex()

    def list(self) -> tuple[Webhook, ...]:
        """All webhooks, oldest first."""
        with self._core.look() as connection:
            rows = connection.execute(select(t.webhooks).order_by(t.webhooks.c.created_at, t.webhooks.c.id))
            return tuple(_webhook(row) for row in rows)

    def remove(self, webhook_id: str) -> None:
        """Remove a webhook with its log; what waits for it is not sent.

        Raises:
            NotFound: no such webhook.
        """
        with self._core.act() as act:
            _one(act.connection, webhook_id)
            deliveries = t.webhook_deliveries
            act.connection.execute(delete(deliveries).where(deliveries.c.webhook_id == webhook_id))
            act.connection.execute(delete(t.webhooks).where(t.webhooks.c.id == webhook_id))
            act.record("webhook.removed", f"webhook:{webhook_id}")

    def test(self, webhook_id: str) -> Delivery:
        """A message of the event "webhook.test" to be sent to the webhook now.

        Raises:
            NotFound: no such webhook.
        """
        at = now()
        with self._core.act() as act:
            _one(act.connection, webhook_id)
            row = _delivery_row(webhook_id, None, TEST, f"webhook:{webhook_id}", at.isoformat(), at)
            act.connection.execute(insert(t.webhook_deliveries).values(**row))
            act.record("webhook.tested", f"webhook:{webhook_id}", {"delivery": row["id"]})
            return _delivery(_of(act.connection, row["id"]))

    def deliveries(self, webhook_id: str, limit: int, offset: int = 0) -> tuple[tuple[Delivery, ...], int]:
        """A part of a webhook's log, newest first, and how many there are.

        Raises:
            NotFound: no such webhook.
        """
        table = t.webhook_deliveries
        mine = table.c.webhook_id == webhook_id
        with self._core.look() as connection:
            _one(connection, webhook_id)
            rows = connection.execute(
                select(table).where(mine).order_by(table.c.occurred_at.desc(), table.c.id).limit(limit).offset(offset)
            )
            count = connection.execute(select(func.count()).select_from(table).where(mine)).scalar_one()
            return tuple(_delivery(row) for row in rows), count

    def spread(self) -> int:
        """Make deliveries of what was recorded since the last look; returns how many. Old lines of the log go."""
        with self._core.look() as connection:
            head = connection.execute(select(t.audit_head.c.seq)).scalar_one_or_none() or 0
            behind = connection.execute(select(t.webhooks.c.id).where(t.webhooks.c.told_seq < head)).first()
        if behind is None:
            return 0
        made, at, table = 0, now(), t.webhook_deliveries
        with self._core.act() as act:
            for webhook in act.connection.execute(select(t.webhooks).where(t.webhooks.c.told_seq < head)).all():
                made += _spread(act.connection, webhook, head, at)
            old = at - timedelta(days=LOG_DAYS)
            act.connection.execute(delete(table).where(table.c.state != "waiting", table.c.due_at < old))
        return made

    def take(self, visibility_s: float) -> Outgoing | None:
        """A message that is due; no other replica gets it for `visibility_s` seconds. None when nothing is due.

        Raises:
            WrongKey: another master key.
        """
        table, at = t.webhook_deliveries, now()
        query = (
            select(table, t.webhooks.c.url, t.webhooks.c.wrapped_key)
            .join(t.webhooks, t.webhooks.c.id == table.c.webhook_id)
            .where(table.c.state == "waiting", table.c.due_at <= at)
            .order_by(table.c.due_at)
            .limit(1)
        )
        while True:
            with self._core.look() as connection:
                row = connection.execute(query).one_or_none()
            if row is None:
                return None
            if self._claim(row, at + timedelta(seconds=visibility_s)):
                break  # otherwise another one took it, and it is due later than now
        secret = self._core.unwrap(row.wrapped_key, _owner(row.webhook_id)).derive(SECRET_PURPOSE)
        kind, _, subject_id = row.subject.partition(":")
        message = WebhookMessage(row.id, row.event, row.occurred_at, kind, subject_id)
        return Outgoing(message, row.webhook_id, row.url, secret, row.attempts)

    def tried(self, outgoing: Outgoing, outcome: str, *, delivered: bool) -> DeliveryState:
        """Record a try and its `outcome`; returns where the message stands: after a failure it waits or is given up."""
        failures, at, table = outgoing.failures + 1, now(), t.webhook_deliveries
        wait = None if delivered else delay_s(failures)
        state: DeliveryState = "delivered" if delivered else "given_up" if wait is None else "waiting"
        values = {"state": state, "attempts": failures, "outcome": outcome[:64], "tried_at": at}
        if wait is not None:
            values["due_at"] = at + timedelta(seconds=wait)
        with writing(self._core.engine) as connection:
            connection.execute(update(table).where(table.c.id == outgoing.message.id).values(**values))
        return state

    def _claim(self, row: Row[Any], until: datetime) -> bool:
        """Put the message off until then; False where another replica did."""
        table = t.webhook_deliveries
        free = (table.c.id == row.id, table.c.state == "waiting", table.c.due_at == row.due_at)
        with writing(self._core.engine) as connection:
            return connection.execute(update(table).where(*free).values(due_at=until)).rowcount == 1


def rewrap_webhooks(connection: Connection, old: MasterKey, new: MasterKey) -> None:
    """Wrap every webhook's key by `new` within a transaction, as rotation does.

    Raises:
        WrongKey: a key does not open with `old`.
    """
    table = t.webhooks
    for row in connection.execute(select(table.c.id, table.c.wrapped_key)).all():
        try:
            wrapped = rewrap(old, new, row.wrapped_key, _owner(row.id))
        except CannotOpen as error:
            raise WrongKey(str(error), "Nothing was changed. Rotate with the key the data is under.") from None
        connection.execute(update(table).where(table.c.id == row.id).values(wrapped_key=wrapped, master_key_id=new.id))


def _spread(connection: Connection, webhook: Row[Any], head: int, at: datetime) -> int:
    """Deliveries of the entries that one webhook is to be told of, and how far it was looked."""
    entries, wanted = t.audit_entries, msgspec.json.decode(webhook.events, type=tuple[str, ...])
    found = connection.execute(
        select(entries.c.seq, entries.c.at, entries.c.action, entries.c.subject)
        .where(entries.c.seq > webhook.told_seq, entries.c.seq <= head, entries.c.action.in_(wanted))
        .order_by(entries.c.seq)
        .limit(BATCH)
    ).all()
    rows = [_delivery_row(webhook.id, one.seq, one.action, one.subject, one.at, at) for one in found]
    if rows:
        connection.execute(insert(t.webhook_deliveries), rows)
    told = found[-1].seq if len(found) == BATCH else head
    connection.execute(update(t.webhooks).where(t.webhooks.c.id == webhook.id).values(told_seq=told))
    return len(rows)


def _delivery_row(
    webhook_id: str, seq: int | None, event: str, subject: str, occurred_at: str, at: datetime
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "webhook_id": webhook_id,
        "seq": seq,
        "event": event,
        "subject": subject,
        "occurred_at": occurred_at,
        "state": "waiting",
        "attempts": 0,
        "outcome": "",
        "due_at": at,
        "tried_at": None,
    }


def _owner(webhook_id: str) -> str:
    """To whom a webhook's key is bound."""
    return f"webhook:{webhook_id}"


def _one(connection: Connection, webhook_id: str) -> Row[Any]:
    row = connection.execute(select(t.webhooks).where(t.webhooks.c.id == webhook_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no webhook {webhook_id}.", "Check the id.")
    return row


def _of(connection: Connection, delivery_id: str) -> Row[Any]:
    table = t.webhook_deliveries
    return connection.execute(select(table).where(table.c.id == delivery_id)).one()


def _webhook(row: Row[Any]) -> Webhook:
    events = msgspec.json.decode(row.events, type=tuple[str, ...])
    return Webhook(row.id, row.url, events, row.created_at.isoformat())


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        row.id,
        row.webhook_id,
        row.event,
        row.subject,
        row.state,
        row.attempts,
        row.outcome,
        row.occurred_at,
        row.due_at.isoformat(),
        None if row.tried_at is None else row.tried_at.isoformat(),
    )
