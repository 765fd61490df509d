"""Measurements of speed, memory and accuracy, and the usual recipe they are compared with."""
