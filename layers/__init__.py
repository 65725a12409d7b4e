"""Layers: what is declared, versioned, stored and served. Imports nothing of the other packages."""
