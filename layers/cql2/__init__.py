"""Filters in CQL2 (OGC 21-065r2), text or JSON, compiled into bound SQL over declared fields."""

from layers.cql2.sql import Sql

__all__ = ["Sql"]
