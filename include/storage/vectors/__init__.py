"""Vectors of answers by similarity, in Chroma: numbers and ids, never text."""
