"""Reports, their photos, their history; contacts in a table that is not Django's."""

import uuid
from pathlib import Path

import django.contrib.gis.db.models.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import gis_portal.reports.reference

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("layers", "0013_exports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Report",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        default=gis_portal.reports.reference.new_reference,
                        max_length=16,
                        unique=True,
                    ),
                ),
                ("sending", models.CharField(max_length=64, unique=True)),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("wrong-boundary", "Ranh giới vẽ sai"),
                            ("wrong-attribute", "Thông tin ghi sai hoặc thiếu"),
                            ("wrong-place", "Vị trí đặt sai"),
                            ("encroachment", "Lấn chiếm đất công"),
                            ("dumping", "Đổ rác, đổ đất đá trái phép"),
                            ("damaged", "Camera, mốc giới, biển báo bị hỏng"),
                            ("other", "Việc khác"),
                        ],
                        max_length=20,
                    ),
                ),
                ("text", models.TextField()),
                ("place", models.CharField(blank=True, max_length=200)),
                (
                    "point",
                    django.contrib.gis.db.models.fields.PointField(
                        null=True, spatial_index=False, srid=4326
                    ),
                ),
                ("layer_slug", models.CharField(blank=True, max_length=60)),
                ("uid", models.UUIDField(null=True)),
                ("language", models.CharField(default="vi", max_length=2)),
                ("host", models.CharField(blank=True, max_length=32)),
                ("sent_at", models.DateTimeField(auto_now_add=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "mới nhận"),
                            ("checking", "đang kiểm tra"),
                            ("confirmed", "đúng như phản ánh, đang xử lý"),
                            ("rejected", "không xử lý"),
                            ("answered", "đã trả lời"),
                        ],
                        default="new",
                        max_length=10,
                    ),
                ),
                ("answer", models.TextField(blank=True)),
                ("answer_is_public", models.BooleanField(default=False)),
                ("is_public", models.BooleanField(default=False)),
                ("public_text", models.CharField(blank=True, max_length=500)),
                ("has_contact", models.BooleanField(default=False)),
                ("contact_until", models.DateTimeField(null=True)),
                (
                    "assignee",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="layers.adminunit",
                    ),
                ),
            ],
            options={
                "ordering": ("-sent_at", "-id"),
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Photo",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("jpeg", models.BinaryField()),
                ("width", models.PositiveSmallIntegerField()),
                ("height", models.PositiveSmallIntegerField()),
                ("is_released", models.BooleanField(default=False)),
                (
                    "report",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="photos",
                        to="reports.report",
                    ),
                ),
            ],
            options={
                "ordering": ("report", "id"),
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=12)),
                ("state", models.CharField(blank=True, max_length=10)),
                ("text", models.TextField(blank=True)),
                ("by", models.CharField(blank=True, max_length=150)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "report",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="reports.report",
                    ),
                ),
            ],
            options={
                "ordering": ("report", "id"),
                "default_permissions": (),
            },
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(fields=["unit", "state", "-sent_at"], name="report_inbox"),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(fields=["host", "sent_at"], name="report_host"),
        ),
        migrations.RunSQL((SQL / "contacts.sql").read_text(encoding="utf-8"), elidable=False),
    ]
