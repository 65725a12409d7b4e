"""Addresses with secrets of their own, at which QGIS reads a result for whoever made them."""
