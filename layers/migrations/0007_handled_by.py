"""A version knows everybody who had its content in hands: none of them may approve it."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Runs as the owner role."""

    dependencies = [
        ("layers", "0006_sealing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            model_name="layerversion",
            name="handled_by",
            field=models.ManyToManyField(
                blank=True, editable=False, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
    ]
