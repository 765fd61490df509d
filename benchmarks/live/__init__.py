"""What live interviews cost and how quick they are: `make bench-live`."""
