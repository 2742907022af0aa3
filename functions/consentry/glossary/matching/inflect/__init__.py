"""Which forms of a word count as the same word: one file per family of languages, ``paradigm.py`` the engine."""
