"""Our own client of the interface: it renews a login whose access token has run out, once for many calls."""

from __future__ import annotations

import asyncio

import pytest

from include.gateway_client.rest import GatewayRest
from include.interview.errors import BadInput
from tests.live_gateway.http.conftest import Cast
from tests.support.gateway_thread import Gateway

pytestmark = [pytest.mark.services, pytest.mark.anyio]


async def test_calls_whose_token_ran_out_renew_it_once(gateway: Gateway, cast: Cast) -> None:
    async with GatewayRest(gateway.url) as rest:
        await rest.login("cast-hr", "a long password 1")
        for _ in range(2):
            rest._client.headers["Authorization"] = "Bearer run.out"
            found = await asyncio.gather(*(rest.call("GET", "/auth/me") for _ in range(5)))
            assert {each["login"] for each in found} == {"cast-hr"}
        await rest.call("POST", "/auth/logout")
        with pytest.raises(BadInput) as caught:
            await rest.call("GET", "/auth/me")
        assert caught.value.code == "login_ended"
        with pytest.raises(BadInput) as caught:
            await rest.login("cast-hr", "not the password")
        assert caught.value.code == "bad_login"
