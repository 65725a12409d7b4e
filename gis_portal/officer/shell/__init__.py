"""The handbook's page on the phone: HTML without anybody's data, its manifest, its service worker.

Everything here is the same for everybody and may be kept on the device. What belongs to an officer
comes by `/officer/api/` (rooms `devices`, `packs`, `field`) and is never asked for here.
"""
