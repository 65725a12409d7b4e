"""The public map and the pages of layers."""
