"""Answers of past interviews by likeness: what is kept of them, what may be said of many, and copies of each other."""
