"""Addresses for search engines; at the root, as a sitemap speaks for what lies below it."""

from django.urls import path

from gis_portal.sitemap import views

urlpatterns = [
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", views.index, name="sitemap"),
    path("sitemap-pages.xml", views.own_pages, name="sitemap-pages"),
    path("sitemap-<slug:slug>-<int:number>.xml", views.features, name="sitemap-features"),
]
