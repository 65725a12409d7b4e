"""Tables made for tiles of a version: their state, and the functions that make, show and drop them."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Runs as the owner role."""

    initial = True
    dependencies = [("layers", "0010_version_events")]
    operations = [
        migrations.CreateModel(
            name="TileSet",
            fields=[
                (
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="tile_set",
                        serialize=False,
                        to="layers.layerversion",
                        verbose_name="phiên bản",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "đang chờ"),
                            ("building", "đang dựng"),
                            ("ready", "đã xong"),
                            ("failed", "lỗi"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="trạng thái",
                    ),
                ),
                ("digest", models.CharField(blank=True, editable=False, max_length=12)),
                ("task_id", models.UUIDField(editable=False, null=True)),
                (
                    "attempts",
                    models.PositiveSmallIntegerField(default=0, verbose_name="số lần thử"),
                ),
                ("wanted_at", models.DateTimeField(auto_now_add=True, verbose_name="yêu cầu lúc")),
                (
                    "built_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="dựng xong lúc"),
                ),
                (
                    "seconds",
                    models.FloatField(blank=True, null=True, verbose_name="thời gian dựng, giây"),
                ),
                (
                    "bytes",
                    models.BigIntegerField(blank=True, null=True, verbose_name="dung lượng, byte"),
                ),
                ("message", models.TextField(blank=True, verbose_name="thông báo")),
            ],
            options={
                "verbose_name": "bảng ô bản đồ dựng sẵn",
                "verbose_name_plural": "bảng ô bản đồ dựng sẵn",
                "ordering": ["-version"],
                "default_permissions": ("view",),
            },
        ),
        migrations.RunSQL((SQL / "preparing.sql").read_text(encoding="utf-8"), elidable=False),
    ]
