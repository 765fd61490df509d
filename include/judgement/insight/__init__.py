"""Insights: writing claims about the interviews, and verifying each against the candidate's own words."""
