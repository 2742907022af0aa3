"""Reading the content folders: YAML with line numbers, findings that name file, line and key. Build time only."""
