"""Compile-time reading and merging of ``markets/``: files in, resolved policies and findings out."""
