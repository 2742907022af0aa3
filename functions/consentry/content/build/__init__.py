"""The content compiler: every gate, and the deterministic release that the functions serve."""
