"""`load_demo`: everything through the ordinary import, quick when done, daily for the lots."""

import datetime as dt
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from gis_portal.demo.accounts import OFFICER_UNITS, ensure_accounts
from gis_portal.demo.loading import SOURCE, due
from gis_portal.demo.province import FILES, SEED
from layers.imagery import scene_path
from layers.models import AdminUnit, Feature, Layer, LayerVersion
from layers.permissions import OFFICER, roles_of
from tests.gis_portal.demo.conftest import TODAY

pytestmark = pytest.mark.django_db


def load(folder: Path, today: dt.date = TODAY) -> str:
    said = StringIO()
    call_command(
        "load_demo",
        files=folder / "files",
        accounts=folder / "accounts.txt",
        today=today,
        stdout=said,
    )
    return said.getvalue()


def live(slug: str) -> LayerVersion:
    version = Layer.objects.select_related("live_version").get(slug=slug).live_version
    assert version is not None
    return version


def test_first_start_second_start_and_the_next_day(tmp_path: Path) -> None:
    load(tmp_path)
    versions = {file.slug: live(file.slug) for file in FILES}
    parcels = versions["public-land-parcels"]
    assert parcels.feature_count == 7571
    assert parcels.area_m2 == pytest.approx(111_040_000, rel=0.0005)
    assert all(v.is_illustrative and v.source_org == SOURCE for v in versions.values())
    assert not Feature.objects.filter(version_id=parcels.pk, unit_id=None).exists()
    scenes = Feature.objects.filter(version_id=live("aerial-imagery").pk).order_by("key")
    assert [scene.properties["acquired"] for scene in scenes] == ["2024-02-20", "2026-03-05"]
    assert all(scene_path(scene.properties["file"]).is_file() for scene in scenes)
    shaped = AdminUnit.objects.filter(is_illustrative_shape=True, valid_to=None)
    assert shaped.count() == 30

    assert "đã được nạp" in load(tmp_path)
    assert {slug: live(slug).pk for slug in versions} == {s: v.pk for s, v in versions.items()}

    tomorrow = TODAY + dt.timedelta(days=1)
    assert [file.slug for file in due(SEED, tomorrow)] == ["auction-lots"]
    load(tmp_path, tomorrow)
    changed = [slug for slug, version in versions.items() if live(slug).pk != version.pk]
    assert changed == ["auction-lots"]
    assert live("auction-lots").data_date == tomorrow


def test_a_layer_with_somebody_s_own_data_is_left_alone(tmp_path: Path) -> None:
    layer = Layer.objects.get(slug="public-wifi")
    own = LayerVersion.objects.create(layer=layer, number=1, state=LayerVersion.PUBLISHED)
    Layer.objects.filter(pk=layer.pk).update(live_version=own)
    assert "public-wifi" not in [file.slug for file in due(SEED, TODAY)]


def test_accounts_have_roles_and_passwords_that_nobody_else_reads(tmp_path: Path) -> None:
    call_command("load_units", verbosity=0)
    path = tmp_path / "accounts.txt"
    assert ensure_accounts(path) == ["admin", "steward", "approver", "planner", "officer"]
    assert path.stat().st_mode & 0o777 == 0o600
    passwords = dict(line.split() for line in path.read_text().splitlines())
    for name, password in passwords.items():
        assert User.objects.get(username=name).check_password(password)
    officer = User.objects.get(username="officer")
    assert roles_of(officer) == {OFFICER}
    codes = officer.jurisdictions.values_list("unit__code", flat=True)
    assert set(codes) == set(OFFICER_UNITS)
    before = path.read_text()
    assert ensure_accounts(path) == []
    assert path.read_text() == before
