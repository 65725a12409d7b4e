"""The officer's pocket land handbook: its rooms. Whose units are whose: `jurisdiction.py`."""
