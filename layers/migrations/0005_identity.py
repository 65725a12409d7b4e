"""A key may lead to several uids, one at a time; functions that a comparison needs of the owner."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Runs as the owner role."""

    dependencies = [("layers", "0003_changes_and_approval")]
    operations = [
        migrations.RemoveConstraint(model_name="identityalias", name="alias_key_per_layer"),
        migrations.AddConstraint(
            model_name="identityalias",
            constraint=models.UniqueConstraint(
                fields=("layer", "key", "uid"), name="alias_once_per_layer"
            ),
        ),
        migrations.RunSQL((SQL / "identity.sql").read_text(encoding="utf-8"), elidable=False),
    ]
