"""Settings by room, taken in by `gis_portal/settings.py`; nothing else imports these."""
