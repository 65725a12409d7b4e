"""Keys say what they may do, for which layers, until when; those that are there do all for a year."""

from django.db import migrations, models

import importers.api.models


class Migration(migrations.Migration):
    dependencies = [
        ("import_api", "0001_api_keys"),
        ("layers", "0010_version_events"),
    ]

    operations = [
        migrations.AddField(
            "apikey",
            "actions",
            models.JSONField(default=importers.api.models.all_actions, verbose_name="được làm"),
        ),
        migrations.AddField(
            "apikey",
            "expires_at",
            models.DateTimeField(
                default=importers.api.models.in_a_year, verbose_name="hết hạn lúc"
            ),
        ),
        migrations.AddField(
            "apikey",
            "every_layer",
            models.BooleanField(default=True, verbose_name="mọi lớp"),
        ),
        migrations.AddField(
            "apikey",
            "layers",
            models.ManyToManyField(
                blank=True, related_name="+", to="layers.layer", verbose_name="cho các lớp"
            ),
        ),
    ]
