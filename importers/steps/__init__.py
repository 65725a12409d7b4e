"""One file a step, each a pure function over a Batch; `importers.pipeline` gives their order."""
