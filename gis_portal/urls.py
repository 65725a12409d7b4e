"""Every address of the portal. Names are what templates and tests use."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from gis_portal import health
from gis_portal.accounts import pages
from layers.api.landing import Landing

handler400 = "gis_portal.errors.bad_request"
handler404 = "gis_portal.errors.not_found"
handler429 = "gis_portal.accounts.pages.too_many"
handler500 = "gis_portal.errors.server_error"

urlpatterns = [
    path("", include("gis_portal.maps.urls")),
    path("", include("gis_portal.maps.style_urls")),
    path("", include("gis_portal.figures.urls")),
    path("", include("gis_portal.follow.urls")),
    path("auctions/", include("gis_portal.auctions.urls")),
    path("", include("gis_portal.parcels.urls")),
    path("tiles/", include("tiles.urls")),
    path("imagery/", include("tiles.imagery.urls")),
    # QGIS takes the address as it is typed, and does not go on from a redirection.
    path("api", Landing.as_view()),
    path("api/", include("importers.api.urls")),
    path("api/", include("gis_portal.planner.asking.urls")),
    path("api/", include("layers.api.urls")),
    path("api/", include("tiles.ogc.urls")),
    path("api/", include("tiles.packages.urls")),
    path("", include("gis_portal.reports.urls")),
    path("", include("gis_portal.parcels.extract.urls")),
    path("", include("gis_portal.cards.urls")),
    path("", include("gis_portal.sitemap.urls")),
    path("steward/auctions/", include("gis_portal.auctions.steward_urls")),
    path("steward/", include("gis_portal.steward.urls")),
    path("officer/", include("gis_portal.officer.shell.urls")),
    path("officer/", include("gis_portal.officer.devices.urls")),
    path("officer/", include("gis_portal.officer.packs.urls")),
    path("officer/", include("gis_portal.officer.field.urls")),
    path("officer/", include("gis_portal.officer.desk.urls")),
    path("planner/", include("gis_portal.planner.urls")),
    path("accounts/", include("gis_portal.accounts.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/login/", pages.administration),
    path("admin/", admin.site.urls),
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}gis_portal/mark.svg")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
