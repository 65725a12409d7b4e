"""Workers show themselves: pages can say that nobody works."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Runs as the owner role."""

    dependencies = [("importers", "0002_changes_and_approval")]
    operations = [
        migrations.CreateModel(
            name="WorkerBeat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=64, unique=True)),
                ("started_at", models.DateTimeField(auto_now_add=True)),
                ("seen_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "tiến trình xử lý",
                "verbose_name_plural": "các tiến trình xử lý",
            },
        )
    ]
