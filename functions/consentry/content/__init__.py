"""Content: the compiled release and the rules the functions read from it."""
