"""Does a text use a term? Normalised, spotted by inflection, leftmost-longest; pure, and knows no files."""
