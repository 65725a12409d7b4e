"""Ready questions: documents with words and parameters that a planner starts from."""
