"""The one engine: a document and the versions it stands on → SQL → a table of pieces and sums.

`run.run` computes into a store (`store.py`, the only place that knows the tables),
`preview.preview` on a sample. `rows.py` says what every name of a document stands for,
`compute.py` walks the steps; one module an operation. Values are bound; names of tables and
columns come from here or from declarations, never from a document.
"""
