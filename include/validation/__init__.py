"""Gates: suites of expectations over columns of records, checked with Great Expectations.

What comes back are names of expectations and counts of rows, never a value. Never here: what to do about a failure.
"""
