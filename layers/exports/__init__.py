"""A collection, or a selection of it, as a file in a format that other programs open.

`wish` reads what is asked for, `columns` and `rows` take it from the database in batches, `formats`
knows who writes which format; `about` says what goes with every file. Small files are made while
the caller waits, large ones by a worker (`asking`, `building`).
"""
