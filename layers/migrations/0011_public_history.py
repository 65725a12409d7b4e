"""Since when everybody could read a version, and the index of changes by uid."""

from typing import Any

from django.db import migrations, models
from django.db.models import Min, OuterRef, Subquery
from django.db.models.functions import Least


def already_public(apps: Any, _schema_editor: Any) -> None:
    """Versions of layers that are public now: nobody wrote down when they were not."""
    version = apps.get_model("layers", "LayerVersion")
    event = apps.get_model("layers", "VersionEvent")
    told = event.objects.filter(version=OuterRef("pk"), what="published").order_by()
    first = told.values("version").annotate(first=Min("at")).values("first")
    shown = version.objects.filter(layer__visibility="public", published_at__isnull=False)
    shown.update(first_public_at=Least("published_at", Subquery(first)))


class Migration(migrations.Migration):
    """Runs as the owner role."""

    dependencies = [("layers", "0010_version_events")]
    operations = [
        migrations.AddField(
            model_name="layerversion",
            name="first_public_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.RunPython(already_public, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="versionchange",
            index=models.Index(fields=["version", "uid"], name="change_by_uid"),
        ),
    ]
