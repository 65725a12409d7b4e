"""Features of live versions as text, written ahead by a worker."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Runs as the owner role."""

    dependencies = [("layers", "0013_exports")]
    operations = [
        migrations.CreateModel(
            name="WrittenRows",
            fields=[
                (
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="written",
                        serialize=False,
                        to="layers.layerversion",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "đang chờ"),
                            ("ready", "đã xong"),
                            ("failed", "không làm được"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("wishes", models.PositiveIntegerField(default=0)),
                ("digest", models.CharField(blank=True, max_length=12)),
                ("key", models.CharField(blank=True, max_length=12)),
                ("message", models.TextField(blank=True)),
                ("made_at", models.DateTimeField(null=True)),
                ("seconds", models.FloatField(default=0)),
                ("bytes", models.BigIntegerField(default=0)),
            ],
            options={
                "verbose_name": "văn bản GeoJSON soạn sẵn",
                "verbose_name_plural": "văn bản GeoJSON soạn sẵn",
                "default_permissions": ("view",),
            },
        ),
        migrations.RunSQL((SQL / "written.sql").read_text(encoding="utf-8"), elidable=False),
    ]
