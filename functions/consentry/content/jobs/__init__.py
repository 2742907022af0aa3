"""The formats of a translation job, in and out: bytes and values, no files."""
