"""Checks of an installation that change nothing in it: each says what it looked at, and how to mend what is wrong."""
