"""Submissions: answers and consent decisions in, one transaction out."""
