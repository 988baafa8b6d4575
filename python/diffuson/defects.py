"""``diffuson.defects``."""
