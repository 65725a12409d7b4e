"""Pages of the planner: my questions, the form, a run, the map."""
