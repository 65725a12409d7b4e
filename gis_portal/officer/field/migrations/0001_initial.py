"""Operations from the field and what follows from them; people and strays under row-level security."""

from pathlib import Path

import django.contrib.gis.db.models.fields
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("layers", "0014_written"),
        # The trigger that lets a table only grow.
        ("auctions", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Operation",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=12)),
                ("device", models.UUIDField()),
                ("layer_slug", models.CharField(blank=True, max_length=60)),
                ("uid", models.UUIDField(null=True)),
                ("base_version", models.BigIntegerField(null=True)),
                ("payload_bytes", models.BinaryField()),
                ("sha256", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                ("photo_count", models.PositiveSmallIntegerField(default=0)),
                ("state", models.CharField(max_length=8)),
                ("code", models.CharField(blank=True, max_length=40)),
                ("detail", models.TextField(blank=True)),
                ("server_version", models.BigIntegerField(null=True)),
                (
                    "successors",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), default=list, size=None
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="layers.adminunit",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("received_at", "id"),
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                (
                    "operation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="proposal",
                        serialize=False,
                        to="officer_field.operation",
                    ),
                ),
                ("layer_slug", models.CharField(max_length=60)),
                ("uid", models.UUIDField()),
                ("field", models.CharField(max_length=63)),
                ("old", models.JSONField(null=True)),
                ("new", models.JSONField(null=True)),
                ("why", models.TextField(blank=True)),
                ("device", models.UUIDField()),
                ("received_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="layers.adminunit",
                    ),
                ),
            ],
            options={
                "ordering": ("-received_at", "-operation"),
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Kept",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("claimed", models.UUIDField(null=True)),
                ("device", models.UUIDField()),
                ("code", models.CharField(max_length=40)),
                ("content", models.BinaryField()),
                ("received_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="PeopleRead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "operation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="people_read",
                        to="officer_field.operation",
                    ),
                ),
            ],
            options={
                "ordering": ("-at", "-id"),
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Photo",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("index", models.PositiveSmallIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveIntegerField()),
                ("kind", models.CharField(max_length=8)),
                ("taken_at", models.DateTimeField(null=True)),
                (
                    "point",
                    django.contrib.gis.db.models.fields.PointField(
                        null=True, spatial_index=False, srid=4326
                    ),
                ),
                ("accuracy_m", models.FloatField(null=True)),
                ("bearing", models.FloatField(null=True)),
                ("received_at", models.DateTimeField()),
                (
                    "operation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="photos",
                        to="officer_field.operation",
                    ),
                ),
            ],
            options={
                "ordering": ("operation", "index"),
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="FieldReport",
            fields=[
                (
                    "operation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="report",
                        serialize=False,
                        to="officer_field.operation",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("inspection", "Kiểm tra định kỳ"),
                            ("encroachment", "Lấn, chiếm đất"),
                            ("construction", "Xây dựng trái phép"),
                            ("boundary", "Ranh giới, mốc giới"),
                            ("contract", "Hợp đồng thuê, sử dụng đất"),
                            ("other", "Việc khác"),
                        ],
                        max_length=20,
                    ),
                ),
                ("observed_state", models.CharField(blank=True, max_length=40)),
                ("note", models.TextField(blank=True)),
                ("layer_slug", models.CharField(blank=True, max_length=60)),
                ("uid", models.UUIDField(null=True)),
                ("base_version", models.BigIntegerField(null=True)),
                ("is_gone", models.BooleanField(default=False)),
                (
                    "point",
                    django.contrib.gis.db.models.fields.PointField(
                        null=True, spatial_index=False, srid=4326
                    ),
                ),
                ("accuracy_m", models.FloatField(null=True)),
                ("heading", models.FloatField(null=True)),
                (
                    "sketch",
                    django.contrib.gis.db.models.fields.GeometryField(
                        null=True, spatial_index=False, srid=4326
                    ),
                ),
                ("checklist", models.JSONField(default=dict)),
                ("has_people", models.BooleanField(default=False)),
                ("photo_count", models.PositiveSmallIntegerField(default=0)),
                ("seen_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="layers.adminunit",
                    ),
                ),
            ],
            options={
                "ordering": ("-received_at", "-operation"),
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                (
                    "operation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="answer",
                        serialize=False,
                        to="officer_field.operation",
                    ),
                ),
                ("note", models.TextField()),
                ("received_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="officer_field.fieldreport",
                    ),
                ),
            ],
            options={
                "ordering": ("received_at", "operation"),
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="People",
            fields=[
                (
                    "operation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="officer_field.operation",
                    ),
                ),
                ("content", models.BinaryField()),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="layers.adminunit",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Settlement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("outcome", models.CharField(max_length=8)),
                ("note", models.TextField(blank=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlement",
                        to="officer_field.proposal",
                    ),
                ),
            ],
            options={
                "ordering": ("at", "id"),
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Conflict",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("register_value", models.JSONField(null=True)),
                ("register_version", models.BigIntegerField(null=True)),
                ("opened_at", models.DateTimeField()),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="officer_field.proposal",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="officer_field.proposal",
                    ),
                ),
            ],
            options={
                "ordering": ("opened_at", "id"),
                "default_permissions": (),
            },
        ),
        migrations.AddIndex(
            model_name="operation",
            index=models.Index(fields=["device", "-received_at"], name="field_operation_device"),
        ),
        migrations.AddConstraint(
            model_name="photo",
            constraint=models.UniqueConstraint(
                fields=("operation", "index"), name="field_photo_once"
            ),
        ),
        migrations.AddIndex(
            model_name="fieldreport",
            index=models.Index(fields=["unit", "-received_at"], name="field_report_of_a_unit"),
        ),
        migrations.AddIndex(
            model_name="fieldreport",
            index=models.Index(fields=["uid", "-received_at"], name="field_report_of_a_parcel"),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(fields=["uid", "field"], name="field_proposal_of_a_value"),
        ),
        migrations.AddConstraint(
            model_name="conflict",
            constraint=models.UniqueConstraint(
                fields=("first", "second"), name="field_conflict_once", nulls_distinct=False
            ),
        ),
        migrations.RunSQL((SQL / "field.sql").read_text(encoding="utf-8"), elidable=False),
    ]
