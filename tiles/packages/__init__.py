"""Packages of tiles (PMTiles) for maps without a network.

`asking` says who may have which, `areas` where, `queue` whose turn it is; `building` makes the
file, `download` hands it out, `api` shows all of it to programs.
"""
