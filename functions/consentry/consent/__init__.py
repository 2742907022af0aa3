"""Consent: append-only events, their canonical bytes and their chain."""
