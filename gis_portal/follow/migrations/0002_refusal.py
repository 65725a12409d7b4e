"""Mailboxes that are not to be asked for some days."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("follow", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Refusal",
            fields=[
                ("reader", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
            options={"default_permissions": ()},
        ),
    ]
