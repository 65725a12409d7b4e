"""One file per step. Each is a pure function over a Batch; `importers.pipeline` gives their order."""
