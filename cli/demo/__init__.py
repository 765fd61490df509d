"""`./triview demo`: a made-up interview, recorded and live, through a real local Airflow and gateway."""
