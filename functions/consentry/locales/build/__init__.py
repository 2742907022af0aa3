"""What CLDR and ISO know about a locale: names, directions, plural categories, collation. Build time only."""
