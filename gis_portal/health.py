"""Liveness and readiness for whoever watches the service."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from importers.jobs import worker_alive
from layers.models import Layer


def healthz(_request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


def readyz(_request: HttpRequest) -> JsonResponse:
    """The database answers, is migrated, and at least one layer is live; 503 otherwise."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT postgis_lib_version()")
            postgis = cursor.fetchone()[0]
        live = Layer.objects.published().count()
        # Without a worker the portal serves all the same; only imports wait.
        worker = "alive" if worker_alive() else "none"
    except DatabaseError:
        return JsonResponse({"status": "no database"}, status=503)
    ready = live > 0
    body = {
        "status": "ready" if ready else "no layer is published",
        "layers": live,
        "worker": worker,
    }
    return JsonResponse({**body, "postgis": postgis}, status=200 if ready else 503)
