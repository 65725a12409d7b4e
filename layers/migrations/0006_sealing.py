"""Shapes in Web Mercator become an ordinary column; sealing takes half the time."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Runs as the owner role."""

    dependencies = [("layers", "0005_identity")]
    operations = [
        migrations.RunSQL((SQL / "sealing.sql").read_text(encoding="utf-8"), elidable=False),
    ]
