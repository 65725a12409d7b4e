"""Indicators: numbers of the live versions by unit and class, each with its query."""
