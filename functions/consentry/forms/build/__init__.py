"""Compiling forms: field library, option sets, catalogs, and the documents of each dialect."""
