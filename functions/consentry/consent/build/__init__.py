"""Compiling consent texts: canonical plain text, digests, required elements, approvals, published versions."""
