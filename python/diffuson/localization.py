"""``diffuson.localization``."""
