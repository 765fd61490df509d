"""Shared by all tests: a passing AIRFLOW_HOME, and the one local Airflow that everything needing it shares."""

from __future__ import annotations

import os
import tempfile

os.environ["AIRFLOW_HOME"] = tempfile.mkdtemp(prefix="triview-tests-airflow-")
os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"
os.environ.pop("TRIVIEW_MEDIA_QUEUE", None)

pytest_plugins = ["tests.local_airflow"]
