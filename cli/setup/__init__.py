"""Preparing machines and the composed system. What runs before `make setup` uses the standard library alone."""
