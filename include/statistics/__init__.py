"""Statistics on whole columns, which need NumPy or SciPy and are about no single person.

Rank sets, chances of the top places, sensitivity to weights; fairness, agreement and severity of raters. Records and
rules live in include/interview; nothing here reads a store or decides.
"""
