"""Candidates as a spreadsheet brings them: rows of a file, and what is wrong with each."""
