"""Markets: the legal spaces of forms, their policy packs and rules, as data."""
