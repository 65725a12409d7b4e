"""The smallest Django project that serves the benchmark's table by django-vectortiles.

Run in the peers' environment (peers.lock) by `peers.py`, never by the portal: settings come from
variables of its own.
"""

import os
from typing import Any
from urllib.parse import urlsplit

import django
from django.conf import settings

_host = urlsplit(os.environ["PEER_DATABASE"])
settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.gis"],
    MIDDLEWARE=[],
    USE_TZ=True,
    SECRET_KEY="of nothing",
    GDAL_LIBRARY_PATH=os.environ["PEER_GDAL"] or None,
    GEOS_LIBRARY_PATH=os.environ["PEER_GEOS"] or None,
    DATABASES={
        "default": {
            "ENGINE": "django.contrib.gis.db.backends.postgis",
            "NAME": _host.path.lstrip("/"),
            "USER": _host.username,
            "PASSWORD": _host.password,
            "HOST": _host.hostname,
            "PORT": _host.port,
            "CONN_MAX_AGE": None,
        }
    },
)
django.setup()

from django.contrib.gis.db import models  # noqa: E402 - Django must be set up first
from django.core.wsgi import get_wsgi_application  # noqa: E402 - as above
from vectortiles import VectorLayer  # type: ignore[import-not-found] # noqa: E402 - as above
from vectortiles.views import MVTView  # type: ignore[import-not-found] # noqa: E402 - as above

COLUMNS = tuple(os.environ["PEER_COLUMNS"].split(","))


class Parcel(models.Model):
    """The plain table."""

    uid = models.TextField()
    geom = models.GeometryField(srid=3857)

    class Meta:
        app_label = "bench"
        managed = False
        db_table = os.environ["PEER_TABLE"]


for _name in COLUMNS:
    Parcel.add_to_class(_name, models.TextField())


class ParcelLayer(VectorLayer):
    """Equal attributes, equal margin."""

    model = Parcel
    id = "parcels"
    geom_field = "geom"
    tile_fields = ("id", "uid", *COLUMNS)
    tile_buffer = 64
    queryset_limit = int(os.environ["PEER_MOST"])


class ParcelView(MVTView):
    """One layer a tile."""

    layer_classes = [ParcelLayer]
    prefix_url = "parcels"


urlpatterns: list[Any] = [ParcelView.get_url()]
application = get_wsgi_application()
