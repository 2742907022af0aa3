"""The published description of the messages, written when content is compiled."""
