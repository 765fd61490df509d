"""Stage 2, the practical interview, offline: its flow for Airflow and for one process."""
