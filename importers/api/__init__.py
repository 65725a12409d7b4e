"""Imports for programs: send a file, see how it goes, read what is wrong with it."""
