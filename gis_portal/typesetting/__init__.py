"""Sheets of paper and pictures, set by typst from templates of ours and data as JSON."""
