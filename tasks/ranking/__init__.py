"""The flow that ranks openings: gather, stage rows, gate, rank, gate, swap in."""
