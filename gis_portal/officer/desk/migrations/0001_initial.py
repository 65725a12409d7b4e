"""Cases and steps of the desk; a trigger lets steps only grow."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# What was done is added to and never rewritten, whoever is connected.
_ONLY_GROWS = """
CREATE TRIGGER officer_desk_step_only_grows BEFORE UPDATE OR DELETE ON officer_desk_step
  FOR EACH ROW EXECUTE FUNCTION portal_only_grows();
"""
_GROWS_NO_MORE = "DROP TRIGGER officer_desk_step_only_grows ON officer_desk_step"


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auctions", "0001_initial"),
        ("officer_field", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Case",
            fields=[
                (
                    "report",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="case",
                        serialize=False,
                        to="officer_field.fieldreport",
                    ),
                ),
                ("state", models.CharField(default="new", max_length=20)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "assignee",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
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
            name="Step",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=10)),
                (
                    "state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("new", "Mới ghi nhận"),
                            ("checking", "Đang kiểm tra"),
                            ("noted", "Đã ghi nhận, không vi phạm"),
                            ("rejected", "Không đúng"),
                            ("confirmed", "Xác nhận vi phạm"),
                            ("violation_recorded", "Đã lập biên bản vi phạm"),
                            ("sanctioned", "Đã có quyết định xử phạt"),
                            ("dismissed", "Không xử phạt, đóng hồ sơ"),
                            ("enforced", "Đã cưỡng chế"),
                            ("remedied", "Đã khắc phục"),
                            ("managed_vacant", "Đất đã về lại quản lý"),
                        ],
                        max_length=20,
                    ),
                ),
                ("text", models.TextField(blank=True)),
                ("decision_no", models.CharField(blank=True, max_length=60)),
                ("decision_date", models.DateField(null=True)),
                ("by", models.CharField(max_length=150)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="officer_desk.case",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "default_permissions": (),
                "indexes": [models.Index(fields=["kind", "id"], name="desk_step_by_kind")],
            },
        ),
        migrations.RunSQL(_ONLY_GROWS, _GROWS_NO_MORE),
    ]
