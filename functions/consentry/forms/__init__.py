"""Forms: definitions served as immutable projections."""
