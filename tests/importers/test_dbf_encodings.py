"""Real names of communes in a DBF come back as they were, from TCVN3, VNI and CP1258, with and
without .cpg.

TCVN3 writes no toned capitals: the case of a lone first or last word, and of names that mix cases,
is a guess. `LOST` lists every name that does not come back.
"""

import csv
import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from django.db import connection

from importers.models import ImportRun
from importers.run import run_import
from layers.partitions import feature_table
from tests.importers.made import EAST, NORTH, planner_layer, prj, shapefile

pytestmark = pytest.mark.django_db
# What such files say, when they say anything: ArcGIS writes the code page of the machine.
CPG = {"tcvn3": "1252", "vni": "ANSI 1252", "cp1258": "CP1258"}
FIELDS: list[dict[str, Any]] = [
    {"name": "no", "type": "text", "required": True},
    {"name": "commune", "type": "text"},
    {"name": "district", "type": "text"},
]
LEAST = 0.995
LOST = {
    "tcvn3": {
        "Thị trấn Châu Ổ": "Thị trấn Châu ổ",
        "Thị trấn Mường Ảng": "Thị trấn Mường ảng",
        "Thị trấn Ái Nghĩa": "Thị trấn ái Nghĩa",
        "Thị trấn Ái Tử": "Thị trấn ái Tử",
        "Thị trấn Ít Ong": "Thị trấn ít Ong",
        "Thị trấn Óc Eo": "Thị trấn óc Eo",
        "Xã AL Bá": "XÃ AL BÁ",
        "Xã Pa ủ": "Xã Pa Ủ",
        "Xã SRó": "XÃ SRÓ",
        "Xã Triệu ái": "Xã Triệu Ái",
        "Xã Triệu ẩu": "Xã Triệu Ẩu",
    },
    "vni": {},
    "cp1258": {},
}


@pytest.fixture(scope="module")
def names(shared: Path) -> list[tuple[str, str]]:
    """(commune, district) of the whole country, NFC."""
    file = shared / "data/encodings/communes_unicode.csv"
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = [(r["NAME_VIE"], r["DIS_NAME_V"]) for r in csv.DictReader(stream)]
    return [(_nfc(one), _nfc(other)) for one, other in rows if one and other]


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("cpg", [False, True], ids=["without cpg", "with cpg"])
@pytest.mark.parametrize("encoding", CPG)
def test_real_names_come_back_through_an_import(
    encoding: str,
    cpg: bool,
    names: list[tuple[str, str]],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    layer = planner_layer("test-names", FIELDS, geometry="point", key=("no",))
    count = len(names)
    columns = {
        "NO": [str(n) for n in range(count)],
        "COMMUNE": [commune for commune, _district in names],
        "DISTRICT": [district for _commune, district in names],
    }
    file = shapefile(
        tmp_path,
        np.asarray(shapely.points(EAST + np.arange(count) % 100, NORTH + np.arange(count) // 100)),
        columns,
        encoding=encoding,
        cpg=CPG[encoding] if cpg else None,
        prj=prj(5899),
        geometry_type="Point",
    )
    run = run_import(file, layer, dry_run=False)
    assert run.state == ImportRun.STAGED
    read = {
        int(properties["no"]): (properties["commune"], properties["district"])
        for properties in staged(run)
    }
    assert len(read) == count
    pairs = [pair for n, row in enumerate(names) for pair in zip(row, read[n], strict=True)]
    wrong = sorted({(meant, got) for meant, got in pairs if meant != got})
    share = sum(meant == got for meant, got in pairs) / len(pairs)
    record_property("share", share)
    record_property("wrong", wrong)
    assert share >= LEAST, wrong
    assert dict(wrong) == LOST[encoding]
    guesses = {g["column"]: g for g in run.report["source"]["encodings"]}
    assert guesses["COMMUNE"]["confidence"] >= 0.8
    assert guesses["COMMUNE"]["preview"]


def staged(run: ImportRun) -> list[dict[str, str]]:
    """Properties of a version that is not published: its rows lie in a table of their own."""
    assert run.version_id is not None
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT properties::text FROM "{feature_table(run.version_id)}"')
        return [json.loads(row[0]) for row in cursor.fetchall()]
