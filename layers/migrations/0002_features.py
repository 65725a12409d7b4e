"""Features, partitions, pinned coordinate systems: what Django's own operations cannot say."""

from pathlib import Path

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from layers.crs import VN2000

SQL = Path(__file__).parent / "sql"


def add_pinned_systems(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """PostGIS 3.3 lacks 9205–9218 and would not pin the operation: add every VN-2000 system as ours."""
    with editor.connection.cursor() as cursor:
        for crs in VN2000.values():
            cursor.execute(
                "INSERT INTO spatial_ref_sys (srid, auth_name, auth_srid, srtext, proj4text) "
                "VALUES (%s, 'PORTAL', %s, '', %s) "
                "ON CONFLICT (srid) DO UPDATE SET proj4text = excluded.proj4text",
                [crs.srid, crs.srid, crs.proj4],
            )


class Migration(migrations.Migration):
    """Runs as the owner role."""

    dependencies = [("layers", "0001_initial")]
    operations = [
        migrations.RunSQL((SQL / "features.sql").read_text(encoding="utf-8"), elidable=False),
        migrations.RunSQL((SQL / "partitions.sql").read_text(encoding="utf-8"), elidable=False),
        migrations.RunPython(add_pinned_systems, migrations.RunPython.noop),
    ]
