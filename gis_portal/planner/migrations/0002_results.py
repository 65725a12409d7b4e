"""Tables of results: SQL functions that make, seal and drop them; versions whose shapes are known
to be valid.
"""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Runs as the owner role."""

    dependencies = [("planner", "0001_initial")]
    operations = [
        migrations.RunSQL((SQL / "results.sql").read_text(encoding="utf-8"), elidable=False),
    ]
