"""Features of live versions as GeoJSON text, written by a worker after publication.

Most of the time of a page goes into turning rows into text, the same text every time: a version
never changes. So the text is kept in a table beside the rows, with the shapes that a box is
compared with; a page is then read, not built: 2 ms of the database in place of 13 for a thousand
parcels. Without the table (a small layer, a version just published, another system or choice of
fields) pages are built from the rows, byte for byte the same. Decision 0033.

`table` (which one may be read), `making` (one transaction), `queue` (who calls a worker).
"""
