"""``diffuson.droplets``."""
