"""``diffuson.thermal``."""
