"""What was noticed of lots, follows, mails; addresses in a table that is not Django's."""

import uuid
from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Seen",
            fields=[
                ("uid", models.UUIDField(primary_key=True, serialize=False)),
                ("serial", models.PositiveIntegerField()),
                ("stage", models.CharField(max_length=20)),
                ("round", models.PositiveSmallIntegerField()),
                ("reg_start", models.DateTimeField(null=True)),
                ("reg_end", models.DateTimeField(null=True)),
                ("auction_time", models.DateTimeField(null=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField()),
                ("serial", models.PositiveIntegerField()),
                ("kind", models.CharField(max_length=6)),
                ("stage", models.CharField(max_length=20)),
                ("round", models.PositiveSmallIntegerField()),
                ("reg_start", models.DateTimeField(null=True)),
                ("reg_end", models.DateTimeField(null=True)),
                ("auction_time", models.DateTimeField(null=True)),
                ("at", models.DateTimeField()),
                ("noticed_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["-at", "-id"], name="follow_change_newest")],
                "constraints": [
                    models.UniqueConstraint(fields=("uid", "serial"), name="follow_change_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Follow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=6)),
                ("uid", models.UUIDField(null=True)),
                ("unit_code", models.CharField(blank=True, max_length=10)),
                ("lon", models.FloatField(null=True)),
                ("lat", models.FloatField(null=True)),
                ("radius", models.FloatField(null=True)),
                ("language", models.CharField(default="vi", max_length=2)),
                ("reader", models.CharField(max_length=32)),
                ("host", models.CharField(blank=True, max_length=32)),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("told_until", models.BigIntegerField(default=0)),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["reader"], name="follow_reader"),
                    models.Index(fields=["host", "asked_at"], name="follow_host"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mail",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("reader", models.CharField(max_length=32)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("due_at", models.DateTimeField(auto_now_add=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("sent_at", models.DateTimeField(null=True)),
                ("given_up_at", models.DateTimeField(null=True)),
                (
                    "confirms",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="follow.follow",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Telling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "change",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="follow.change",
                    ),
                ),
                (
                    "follow",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tellings",
                        to="follow.follow",
                    ),
                ),
                (
                    "mail",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tellings",
                        to="follow.mail",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(
                condition=models.Q(("given_up_at", None), ("sent_at", None)),
                fields=["due_at"],
                name="follow_mail_due",
            ),
        ),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(fields=["reader", "sent_at"], name="follow_mail_reader"),
        ),
        migrations.AddConstraint(
            model_name="telling",
            constraint=models.UniqueConstraint(
                fields=("follow", "change"), name="follow_told_once"
            ),
        ),
        migrations.RunSQL((SQL / "addresses.sql").read_text(encoding="utf-8"), elidable=False),
    ]
