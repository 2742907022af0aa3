"""Termbases of other tools, read and written, and how what was read changes the glossary. Bytes in, values out."""
