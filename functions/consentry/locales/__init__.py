"""Locales: which of the languages on offer a visitor gets."""
