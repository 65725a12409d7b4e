"""The planner's workbench: questions as data, the queue that answers them, results and maps."""
