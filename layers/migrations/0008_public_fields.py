"""A version says which fields its rows hold in public, so that publication can compare."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Runs as the owner role."""

    dependencies = [("layers", "0007_handled_by")]
    operations = [
        migrations.AddField(
            model_name="layerversion",
            name="public_fields",
            field=models.JSONField(editable=False, null=True),
        ),
    ]
