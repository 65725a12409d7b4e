"""Devices that officers carry: long sessions that can be revoked, and who read personal fields.

`sessions.py` makes, finds and revokes devices, `door.py` lets their requests in, `readings.py`
writes down which personal fields were handed out to whom.
"""
