"""An embedded map of an imagery layer shows the newest pictures, and says whose and of when."""

import re
from pathlib import Path

import pytest
from django.test import Client

from layers.models import LayerVersion
from tests.tiles.scenes import HERE, SLUG, Taken, plain, published
from tiles.imagery.pictures import close_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(tmp_path: Path) -> LayerVersion:
    close_all()
    grey = plain([90, 90, 90])
    newer = Taken("2026-03-05", grey, more={"source": "Sở <b>X</b>"})
    return published([Taken("2024-03-05", grey), newer], tmp_path)


def test_the_newest_pictures_are_on_it(client: Client, version: LayerVersion) -> None:
    page = client.get(f"/layers/{SLUG}/embed/").content.decode()
    (template,) = re.findall(r'"(/imagery/[^"]+)"', page)
    assert f"/{version.pk}/2026-03-05/" in template
    answer = client.get(template.format(z=HERE.z, x=HERE.x, y=HERE.y))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/webp")
    assert "05/03/2026" in page
    assert "<b>X" not in page
    assert r"\u0026lt;b\u0026gt;X" in page
