"""Private areas: drawn or brought as a file; seen by nobody else, gone after a time."""
