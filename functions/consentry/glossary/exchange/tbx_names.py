"""Names that reading and writing TBX share."""

CORE = "urn:iso:std:iso:30042:ed-2"
MIN = "http://www.tbxinfo.net/ns/min"
BASIC = "http://www.tbxinfo.net/ns/basic"

OURS = "consentry:"
"""How a note begins that carries what TBX-Basic has no category for: ``consentry:severity=block``.

A note is allowed at every level of every dialect, and other tools keep it. ``consentry:concept=…`` marks an entry as
written here: what it does not say then has the default of a concept file.
"""
