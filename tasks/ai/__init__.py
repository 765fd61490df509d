"""Stage 1, the AI video interview: intake and uploads, perception, and its flow for Airflow and for one process."""
