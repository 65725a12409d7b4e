"""Addresses below /api/."""

from django.urls import path

from layers.api.changes import Changes
from layers.api.collections import Collection, Collections
from layers.api.conformance import Conformance
from layers.api.dcat.views import Catalogue, CatalogueJsonLd, CatalogueTurtle
from layers.api.docs import docs, errors, examples
from layers.api.exports import ExportNow, Exports, OneExport, download
from layers.api.feed import AllPublications, LayerPublications
from layers.api.item import Item
from layers.api.items import Items
from layers.api.landing import Landing
from layers.api.openapi import OpenApi
from layers.api.queryables import Queryables
from layers.api.search import Search
from layers.api.sortables import Sortables

urlpatterns = [
    path("", Landing.as_view(), name="api-landing"),
    path("conformance", Conformance.as_view(), name="api-conformance"),
    path("openapi.json", OpenApi.as_view(), name="api-openapi"),
    path("docs", docs, name="api-docs"),
    path("docs/errors", errors, name="api-docs-errors"),
    path("docs/examples", examples, name="api-docs-examples"),
    path("search", Search.as_view(), name="api-search"),
    path("catalogue", Catalogue.as_view(), name="api-catalogue"),
    path("catalogue.jsonld", CatalogueJsonLd.as_view(), name="api-catalogue-jsonld"),
    path("catalogue.ttl", CatalogueTurtle.as_view(), name="api-catalogue-turtle"),
    path("feed.atom", AllPublications.as_view(), name="api-feed"),
    path("collections", Collections.as_view(), name="api-collections"),
    path("collections/<str:slug>", Collection.as_view(), name="api-collection"),
    path("collections/<str:slug>/queryables", Queryables.as_view(), name="api-queryables"),
    path("collections/<str:slug>/sortables", Sortables.as_view(), name="api-sortables"),
    path("collections/<str:slug>/changes", Changes.as_view(), name="api-changes"),
    path(
        "collections/<str:slug>/feed.atom", LayerPublications.as_view(), name="api-collection-feed"
    ),
    path("collections/<str:slug>/items", Items.as_view(), name="api-items"),
    path("collections/<str:slug>/items/<str:uid>", Item.as_view(), name="api-item"),
    path("collections/<str:slug>/exports", Exports.as_view(), name="api-exports"),
    path("collections/<str:slug>/export.<str:ending>", ExportNow.as_view(), name="api-export-now"),
    path("exports/<uuid:number>", OneExport.as_view(), name="api-export"),
    path("exports/<uuid:number>/<str:name>", download, name="api-export-file"),
]
