"""The owner's functions act only on what the catalogue calls live, public or no longer public."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Runs as the owner role."""

    dependencies = [("layers", "0008_public_fields")]
    operations = [
        migrations.RunSQL((SQL / "guards.sql").read_text(encoding="utf-8"), elidable=False),
    ]
