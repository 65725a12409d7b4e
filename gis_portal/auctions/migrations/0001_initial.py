"""What stewards enter about lots, and a trigger that lets it only grow."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# A register of what was decided is added to and never rewritten, whoever is connected.
_ONLY_GROWS = """
CREATE FUNCTION portal_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% only grows: correct a row by a later one', TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER auctions_stageentry_only_grows BEFORE UPDATE OR DELETE ON auctions_stageentry
  FOR EACH ROW EXECUTE FUNCTION portal_only_grows();
CREATE TRIGGER auctions_attachment_only_grows BEFORE UPDATE OR DELETE ON auctions_attachment
  FOR EACH ROW EXECUTE FUNCTION portal_only_grows();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StageEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField()),
                ("stage", models.CharField(blank=True, max_length=20, verbose_name="giai đoạn")),
                ("round", models.PositiveSmallIntegerField(default=1, verbose_name="lần đấu giá")),
                ("happened_on", models.DateField(verbose_name="ngày của quyết định, thông báo")),
                (
                    "document",
                    models.CharField(max_length=120, verbose_name="số quyết định, thông báo"),
                ),
                ("note", models.TextField(blank=True, max_length=1000, verbose_name="ghi chú")),
                (
                    "reg_start",
                    models.DateTimeField(blank=True, null=True, verbose_name="bắt đầu nhận hồ sơ"),
                ),
                (
                    "reg_end",
                    models.DateTimeField(blank=True, null=True, verbose_name="hết hạn nhận hồ sơ"),
                ),
                (
                    "auction_time",
                    models.DateTimeField(blank=True, null=True, verbose_name="thời gian đấu giá"),
                ),
                (
                    "winning_price",
                    models.BigIntegerField(blank=True, null=True, verbose_name="giá trúng"),
                ),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="nhập lúc")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="auctions.stageentry",
                    ),
                ),
            ],
            options={
                "verbose_name": "bước của lô đấu giá",
                "verbose_name_plural": "bước của lô đấu giá",
                "ordering": ("id",),
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("link", models.URLField(blank=True, max_length=500)),
                ("kind", models.CharField(blank=True, max_length=20)),
                ("size", models.PositiveIntegerField(default=0)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="auctions.stageentry",
                    ),
                ),
            ],
            options={
                "verbose_name": "văn bản đính kèm",
                "verbose_name_plural": "văn bản đính kèm",
                "ordering": ("id",),
                "default_permissions": ("view",),
            },
        ),
        migrations.AddIndex(
            model_name="stageentry",
            index=models.Index(fields=["uid", "id"], name="auction_entry_of_a_lot"),
        ),
        migrations.RunSQL(_ONLY_GROWS, "DROP FUNCTION portal_only_grows CASCADE"),
    ]
