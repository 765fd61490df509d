"""Stage 3, the executive interview, offline: its flow for Airflow and for one process."""
