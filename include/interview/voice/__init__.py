"""A voice against its own first minutes, and who spoke when: records and pure comparison."""
