"""The narrow table that tiles from the working zoom on are made of."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Runs as the owner role."""

    dependencies = [("tiles", "0001_tile_sets")]
    operations = [
        migrations.RunSQL(
            (SQL / "working.sql").read_text(encoding="utf-8"),
            "DROP FUNCTION portal_build_working(bigint, text, text[], text[])",
        )
    ]
