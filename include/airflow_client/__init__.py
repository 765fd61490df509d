"""A client of Airflow's REST interface, for the gateway and the command line. It needs no Airflow installed."""

from __future__ import annotations

from include.airflow_client.client import AirflowClient
from include.airflow_client.errors import AirflowAway, AirflowFailure, AirflowRefusal

__all__ = ["AirflowAway", "AirflowClient", "AirflowFailure", "AirflowRefusal"]
