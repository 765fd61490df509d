"""Statistics on columns of numbers: rank sets, chances of the top places, sensitivity to weights.

Never here: a store, a person's name, a decision.
"""
