"""Encrypted files: recordings, documents, uploads in parts and the outputs of steps, on any fsspec storage.

Never here: anything in the clear beyond the private folders of `scratch`.
"""
