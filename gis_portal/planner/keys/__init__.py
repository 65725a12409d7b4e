"""Keys with which programs of a planner ask questions and read results."""
