"""Files that are made because somebody asked for them: packages of tiles, exports.

`asking` says who may have one made, `queue` whose turn it is, `making` keeps a worker at it,
`download` hands the file out by ranges. What is in the file is the matter of whoever uses this.
"""
