"""Live interviews: their card, their hand-over to storage, their record and their results."""
