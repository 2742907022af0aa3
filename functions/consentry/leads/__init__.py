"""Leads: captured interest, and the messages that leave for it."""
