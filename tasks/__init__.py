"""The steps of every flow: plain functions over stores and ids; no Airflow, no algorithms, no SQL."""
