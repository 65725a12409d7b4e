"""Results: tiles, tables, charts and files of a run, and two runs compared."""
