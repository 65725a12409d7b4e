"""WSGI entry, served by granian: the lane of public tiles, and Django behind it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_portal.settings")
portal = get_wsgi_application()

# Only now: its modules need the apps.
from tiles.front_lane import FrontLane  # noqa: E402
from tiles.store_writing import writer  # noqa: E402

application = FrontLane(portal, writer)
