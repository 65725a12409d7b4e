"""The officer's pocket land handbook: its rooms, and whose units an officer has (`jurisdiction.py`)."""
