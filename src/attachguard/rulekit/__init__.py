"""What analysts do with rules besides scanning: check them, test them, measure them, begin new ones."""
