"""Questions for an executive interview: what was told so far, who writes the questions, and what refuses one."""
