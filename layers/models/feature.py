"""Features and their private values: two tables partitioned by layer version, written by COPY.

The tables are made in SQL (`migrations/sql/features.sql`); these models are Django's view of them.
Every query carries the version. Private values have no geometry: row-level security on a geometry
table would keep the planner from using the spatial index, because PostGIS operators are not
leakproof.
"""

import uuid

from django.contrib.gis.db import models


class Feature(models.Model):
    """One feature of one version. `properties` holds public fields only."""

    id = models.BigAutoField(primary_key=True)
    version_id = models.BigIntegerField()
    uid = models.UUIDField(default=uuid.uuid4)
    key = models.TextField()
    unit_id = models.BigIntegerField(null=True)
    # WGS 84, any kind of geometry.
    geom = models.GeometryField(srid=4326)
    # As surveyed, in the source grid (pinned SRID); None when the source is WGS 84 itself.
    geom_source = models.GeometryField(srid=0, null=True)
    # Planar in the source grid; geodesic when the source is geographic.
    area_m2 = models.FloatField(null=True)
    length_m = models.FloatField(null=True)
    # Folded text of the searchable fields.
    search = models.TextField(default="")
    properties = models.JSONField(default=dict)

    class Meta:
        managed = False
        db_table = "layers_feature"

    def __str__(self) -> str:
        return str(self.uid)


class PrivateValue(models.Model):
    """Officer or restricted values of one feature, under row-level security by unit."""

    OFFICER, RESTRICTED = "officer", "restricted"

    id = models.BigAutoField(primary_key=True)
    version_id = models.BigIntegerField()
    uid = models.UUIDField()
    unit_id = models.BigIntegerField(null=True)
    visibility = models.TextField()
    values = models.JSONField(default=dict)

    class Meta:
        managed = False
        db_table = "layers_privatevalue"

    def __str__(self) -> str:
        return f"{self.uid} ({self.visibility})"
