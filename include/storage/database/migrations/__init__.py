"""The schema's history, run by `include.storage.upgrade`."""
