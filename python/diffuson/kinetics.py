"""``diffuson.kinetics``."""
