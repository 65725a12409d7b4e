"""The app `gis_portal.officer.shell`."""

from django.apps import AppConfig


class ShellConfig(AppConfig):
    """The page of the officer's handbook."""

    name = "gis_portal.officer.shell"
    label = "officer_shell"
