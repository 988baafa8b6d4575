"""``diffuson.diffusons``."""
