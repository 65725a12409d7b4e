"""Map compositions: what a planner put on the two sides of a map, kept and shared."""
