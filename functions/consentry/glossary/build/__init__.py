"""What runs when glossary files are read and measured, never in a function."""
