"""``diffuson.noise``."""
