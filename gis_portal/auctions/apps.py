"""The app `gis_portal.auctions`."""

from django.apps import AppConfig


class AuctionsConfig(AppConfig):
    """The life cycle of auction lots."""

    name = "gis_portal.auctions"
    label = "auctions"
