"""Compiling consent texts: canonical plain text, digests, required elements, approvals, the lock of published versions."""
