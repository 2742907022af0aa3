"""Terminology: what a concept may be called in each locale and market, and whether a translation obeys."""
