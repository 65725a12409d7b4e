"""Addresses of devices, below `/officer/`."""

from django.urls import path

from gis_portal.officer.devices import api, rescue

urlpatterns = [
    path("api/devices", api.add, name="officer-devices"),
    path("api/devices/this", api.this, name="officer-device-this"),
    path("api/me", api.me, name="officer-me"),
    path("api/rescue/<uuid:device>", rescue.rescue, name="officer-rescue"),
]
