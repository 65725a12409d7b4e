"""The search box finds rows by their words and slips of typing in a list of them."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Runs as the owner role."""

    dependencies = [("layers", "0011_public_history")]
    operations = [
        migrations.RunSQL((SQL / "search.sql").read_text(encoding="utf-8"), elidable=False),
    ]
