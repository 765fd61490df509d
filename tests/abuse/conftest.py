"""The gateway and the people of the tests of REST, for whoever abuses it."""

from tests.live_gateway.http.conftest import airflow, cast, gateway, redis_url

__all__ = ["airflow", "cast", "gateway", "redis_url"]
