"""Telling other systems of events: every replica makes deliveries of what was recorded and sends what is due.

A message is sent at least once: a replica that dies while it sends leaves it to the next one, under the same id. The
target's name is looked up anew for each try, every address it stands for must be public, and the connection goes to the
very address that was checked, so that a name cannot lead inside between the two.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Sequence

import httpx

from include.interview.errors import BadInput, TriviewError
from include.interview.webhooks.messages import body_of, signed_headers
from include.interview.webhooks.targets import InnerAddress, check_addresses, check_url
from include.storage import Stores
from include.storage.repositories.webhooks import Outgoing
from live_gateway import metrics

POLL_S = 2.0
"""Seconds between two looks."""
TIMEOUT_S = 10.0
"""For the whole of one try."""
VISIBILITY_S = 60.0
"""Above the longest time of one try, in seconds."""
SENDERS = 4
"""Messages of a replica that are on their way at the same time: one slow target does not hold up the others."""
USER_AGENT = "Triview-Webhooks"
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
log = logging.getLogger("live_gateway.webhooks")


async def resolve(host: str, port: int) -> Sequence[str]:
    """Every address the name stands for. Raises OSError when there is none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


class WebhookSender:
    """Sends one message: by https to the address that was checked, following no redirect, reading no answer.

    Args:
        check: the first of a name's addresses, if all of them may be reached; raises BadInput otherwise.
        trust: whose certificates are believed; the system's without one.
    """

    def __init__(
        self,
        *,
        check: Callable[[Sequence[str]], str] = check_addresses,
        look_up: Resolve = resolve,
        trust: ssl.SSLContext | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._check = check
        self._look_up = look_up
        self._timeout_s = timeout_s
        self._client = httpx.AsyncClient(
            verify=trust or ssl.create_default_context(),
            timeout=timeout_s,
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": USER_AGENT, "Accept": "*/*"},
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def send(self, outgoing: Outgoing) -> tuple[bool, str]:
        """Whether the target took the message (a status 2xx), and the status or a code of what happened instead."""
        try:
            async with asyncio.timeout(self._timeout_s):
                status = await self._post(outgoing)
        except InnerAddress as error:
            return False, error.code
        except BadInput as error:
            return False, error.code
        except TimeoutError:
            return False, "timeout"
        except httpx.TimeoutException:
            return False, "timeout"
        except (httpx.HTTPError, OSError, UnicodeError) as error:
            return False, _reason(error)
        if 300 <= status < 400:
            return False, "redirected"
        return 200 <= status < 300, str(status)

    async def _post(self, outgoing: Outgoing) -> int:
        parts = check_url(outgoing.url)
        host, port = parts.hostname or "", parts.port or 443
        address = self._check(await self._look_up(host, port))
        literal = f"[{address}]" if ":" in address else address
        place = httpx.URL(outgoing.url).copy_with(host=literal, port=port)
        headers = {**signed_headers(outgoing.message, outgoing.secret, int(time.time())), "Host": parts.netloc}
        request = self._client.build_request(
            "POST", place, content=body_of(outgoing.message), headers=headers, extensions={"sni_hostname": host}
        )
        request.extensions["timeout"] = httpx.Timeout(self._timeout_s).as_dict()
        answer = await self._client.send(request, stream=True)
        await answer.aclose()
        return answer.status_code


def _reason(error: Exception) -> str:
    """A code for what broke; texts of errors may hold what a target answered."""
    if isinstance(error, socket.gaierror | UnicodeError):
        return "unknown_host"
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return "tls"
        cause = cause.__cause__ or cause.__context__
    return "unreachable"


class Webhooks:
    """The workers of one replica. Their stores act as "system"."""

    def __init__(self, stores: Stores, sender: WebhookSender, run: Callable[..., Awaitable[object]]) -> None:
        self._stores = stores.acting_as("system")
        self._sender = sender
        self._run = run
        self._workers: tuple[asyncio.Task[None], ...] = ()

    def start(self) -> None:
        """Begin to work."""
        work = (self._spread(), *(self._send() for _ in range(SENDERS)))
        self._workers = tuple(asyncio.create_task(one) for one in work)

    async def stop(self) -> None:
        """Stop; what is being sent is sent again by the next replica."""
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        await self._sender.close()

    async def _spread(self) -> None:
        """Make deliveries of what was recorded, again and again."""
        while True:
            try:
                await self._run(self._stores.webhooks.spread)
            except TriviewError as error:
                log.warning("webhooks are put off", extra={"code": error.code})
            await asyncio.sleep(POLL_S)

    async def _send(self) -> None:
        """Send what is due, one message after another."""
        while True:
            try:
                while await self.send_next():
                    pass
            except TriviewError as error:
                log.warning("webhooks are put off", extra={"code": error.code})
            await asyncio.sleep(POLL_S)

    async def send_next(self) -> bool:
        """Send one message that is due; False when there is none.

        Raises:
            ServiceFailure: the database cannot be used. WrongKey: another master key.
        """
        outgoing = await self._run(self._stores.webhooks.take, VISIBILITY_S)
        if not isinstance(outgoing, Outgoing):
            return False
        delivered, outcome = await self._sender.send(outgoing)
        state = await self._run(self._stores.webhooks.tried, outgoing, outcome, delivered=delivered)
        metrics.webhooks.labels(str(state)).inc()
        extra = {"webhook": outgoing.webhook_id, "delivery": outgoing.message.id, "state": state, "outcome": outcome}
        log.info("webhook tried", extra=extra)
        return True
