"""Namespaces that reading and writing XLIFF's glossary module share."""

XLIFF_2 = "urn:oasis:names:tc:xliff:document:2.0"
XLIFF_1 = "urn:oasis:names:tc:xliff:document:1.2"
GLOSSARY = "urn:oasis:names:tc:xliff:glossary:2.0"
OURS = "urn:consentry:glossary:1"
"""Attributes and elements of our own, where the module takes any: status, market, what it has no name for."""
TERM_FIELDS = ("status", "type", "part_of_speech", "gender", "case", "match", "market", "note")
"""Attributes of a term, a translation, or a further term (``c:term``, with ``c:locale``); ``c:forms`` is JSON."""
FACTS = ("subject", "severity", "context")
LISTS = ("options", "history", "empty")
JSON_FACTS = ("source", "codes", *LISTS)
FLAGS = ("sample", "do_not_translate", "strict")
