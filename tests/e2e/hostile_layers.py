"""Every layer filled by the ordinary import with texts that try to leave their place in a page:
tags, handlers, closed attributes and elements, template braces, script addresses, turned writing.

Run as a process, so that the tests' own process keeps its database: `python -m
tests.e2e.hostile_layers FOLDER`. What it leaves in the database says who named the canary `x9`.
"""

import datetime as dt
import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

CANARY = "x9"
PAYLOADS = (
    f"<{CANARY}>",
    f"<svg onload={CANARY}()>",
    f"'><img src=x onerror={CANARY}()>",
    f'"><{CANARY} {CANARY} onclick={CANARY}()>',
    f"</title><script>{CANARY}()</script>",
    f"</script><script>{CANARY}()</script>",
    f"{{{{{CANARY}()}}}}{{% {CANARY} %}}${{{CANARY}()}}",
    f"javascript:{CANARY}()",
    f"--></style></textarea></select><{CANARY} {CANARY}>",
    f"\u202e\u2066<{CANARY}>\u2067",
    f"]]>&lt;{CANARY}&gt;&#x3c;{CANARY}&#x3e;\\u003c{CANARY}\\u003e",
    f'" autofocus onfocus="{CANARY}()" {CANARY}="',
    f"<iframe srcdoc='<script>parent.{CANARY}()</script>'>",
    f"#set page(fill: red); #{CANARY}() $ {CANARY} $ \\ ` @{CANARY} = {CANARY}",
    f'=HYPERLINK("javascript:{CANARY}()")',
    f"<math><mi//xlink:href=data:x,<script>{CANARY}()</script>>",
)
ADDRESS = f"https://example.test/\"onmouseover={CANARY}()//'><{CANARY}/{CANARY}><img/src=x>"
ROWS = 4
# In Phường Vũng Tàu, where an officer of the demo works.
UNIT, LON, LAT, SIDE = "26506", 107.084, 10.346, 0.0006
DAY = dt.date(2026, 1, 5)
REGISTER = "public-land-parcels"
MADE = "made.json"


def hostile(row: int, place: int, most: int | None) -> str:
    """As many payloads as there is room for, beginning with another in each row and column."""
    turn = (row * 5 + place) % len(PAYLOADS)
    ordered = [*PAYLOADS[turn:], *PAYLOADS[:turn]]
    if most is None:
        return " ".join(ordered)
    text = ""
    for payload in ordered:
        longer = f"{text} {payload}".strip()
        text = longer if len(longer) <= most else text
    return text


def value_of(field: Any, row: int, place: int, *, is_key: bool) -> Any:
    """A cell: hostile where the column takes any text, else what the column takes."""
    kind = field.type
    soon = dt.datetime.now(dt.UTC).date() + dt.timedelta(3 + place % 7)
    by_type = {
        "url": ADDRESS,
        "unit": UNIT,
        "boolean": row % 2 == 0,
        "date": DAY.isoformat(),
        "datetime": f"{soon}T08:00:00+07:00",
        "land_use": "ONT",
    }
    if kind.name in by_type:
        return by_type[kind.name]
    if kind.choices:
        return kind.choices[row % len(kind.choices)].value
    if kind.name != "text":
        return max(kind.minimum or 0, min(2000 + row, kind.maximum or 5000))
    if is_key:  # however short, each another
        return f"{row}{hostile(row, place, (kind.max_length or 200) - 1)}"
    return hostile(row, place, kind.max_length)


def ring(row: int) -> list[list[float]]:
    """A square; those of a layer touch each other, those of all layers lie on one another."""
    west, south = LON + row * SIDE, LAT
    east, north = west + SIDE, south + SIDE
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def shape(kind: str, row: int) -> dict[str, Any]:
    """The geometry of a row."""
    corners = ring(row)
    if kind == "point":
        return {"type": "Point", "coordinates": [corners[0][0] + SIDE / 2, LAT + SIDE / 2]}
    if kind == "line":
        return {"type": "LineString", "coordinates": [corners[0], corners[2]]}
    return {"type": "Polygon", "coordinates": [corners]}


def write(definition: Any, path: Path, *, first: int = 0) -> None:
    """The file of a layer, its columns named as the layer names them."""
    features = [
        {
            "type": "Feature",
            "geometry": shape(definition.geometry, row),
            "properties": {
                field.name: value_of(field, row, place, is_key=field.name in definition.key)
                for place, field in enumerate(definition.fields)
            },
        }
        for row in range(first, ROWS)
    ]
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False),
        encoding="utf-8",
    )


def write_picture(path: Path) -> None:
    """A scene over the squares."""
    import rasterio
    from rasterio.transform import from_bounds

    place = from_bounds(LON - 0.002, LAT - 0.002, LON + 0.004, LAT + 0.004, 64, 64)
    pixels = np.random.default_rng(1).integers(1, 255, (3, 64, 64), dtype=np.uint8)
    with rasterio.open(
        path, "w", driver="GTiff", width=64, height=64, count=3, dtype="uint8",
        crs="EPSG:4326", transform=place,
    ) as file:  # fmt: skip
        file.write(pixels)


def load(folder: Path, definition: Any, *, first: int = 0) -> None:
    """The ordinary import; `first` leaves rows out, which are retired then."""
    from importers.run import run_import

    picture = definition.feeds == "imagery"
    path = folder / f"{definition.slug}.{'tif' if picture else 'geojson'}"
    (write_picture(path) if picture else write(definition, path, first=first))
    words = hostile(0, 0, 150)
    run = run_import(
        path,
        definition.slug,
        crs="EPSG:4326",
        publish=True,
        data_date=DAY,
        decision_no=hostile(0, 1, 60),
        source_org=words,
        allow_removals=words,
        values={"scene": hostile(0, 2, 80), "source": words} if picture else None,
    )
    assert run.state == run.PUBLISHED, (definition.slug, run.error_code, run.error_detail)
    assert run.rows_loaded, definition.slug


def report_and_enter() -> list[str]:
    """A report with its answer, moderated by somebody careless; steps of lots with a document.
    Answers the addresses that no page links to.
    """
    from django.contrib.auth.models import User
    from django.contrib.gis.geos import Point
    from django.core.files.uploadedfile import SimpleUploadedFile

    from gis_portal.auctions.documents import checked
    from gis_portal.auctions.entering import Wish, choices, enter
    from gis_portal.auctions.lots import lots
    from gis_portal.reports import handling
    from gis_portal.reports.citizen import address_of
    from gis_portal.reports.contacts import Contact
    from gis_portal.reports.filing import Sent, file_report
    from layers.ondemand.asking import Asker

    steward = User.objects.get(username="steward")
    words, person = hostile(1, 0, 480), hostile(2, 0, 110)
    point = Point(LON, LAT, srid=4326)
    contact = Contact(person, "0912 345 678", f"{CANARY}@example.vn")
    sent = Sent("encroachment", words, person, point, "", None, contact, "vi", "")
    report = file_report(sent, Asker())
    for state in ("checking", "answered"):
        handling.move(report, state, steward, words, public=True)
    handling.release(report, steward, words, [], answer=True)
    handling.note(report, steward, words)
    for found in lots(user=steward):
        stages = choices(found)
        if stages:
            paper = SimpleUploadedFile(f"{person}.pdf", b"%PDF-1.4\n%%EOF")
            wish = Wish(
                stages[0].value,
                DAY,
                hostile(0, 3, 110),
                words,
                link=ADDRESS,
                file=checked(paper),
            )
            enter(found.uid, wish, steward, last=0)
    return [address_of(report), f"/steward/reports/{report.reference}/"]


def paper_and_mail() -> list[str]:
    """Addresses that stand on paper and in mails."""
    from gis_portal.follow.links import confirm_link, stop_link
    from gis_portal.follow.models import CIRCLE, Follow
    from gis_portal.parcels.extract.code import code_of
    from gis_portal.parcels.extract.content import content_of
    from gis_portal.parcels.extract.public import public_facts
    from layers.models import Feature, Layer

    register = Layer.objects.get(slug=REGISTER)
    live = Feature.objects.filter(version_id=register.live_version_id or 0)
    uid = live.values_list("uid", flat=True).first()
    assert uid
    facts, _public = public_facts(uid, None, "vi")
    every = Feature.objects.filter(version_id__in=register.versions.values("pk"))
    gone = every.exclude(uid__in=live.values_list("uid", flat=True))
    follow = Follow.objects.create(kind=CIRCLE, lon=LON, lat=LAT, radius=500, reader=CANARY)
    codes = [
        code_of(facts.uid, facts.version_id, "vi", content_of(facts)),
        code_of(facts.uid, facts.version_id - 1, "en", content_of(facts)),
        code_of(gone[0].uid, facts.version_id, "vi", content_of(facts)),
    ]
    return [
        *(f"/check/{code}/" for code in codes),
        f"/parcels/{gone[0].uid}/",
        confirm_link(follow.pk),
        stop_link(CANARY, follow.pk),
        stop_link(CANARY),
    ]


def session_of(name: str) -> str:
    """Somebody who has signed in, by the value of their cookie."""
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client()
    client.force_login(User.objects.get(username=name))
    return str(client.cookies["sessionid"].value)


def main(folder: Path) -> None:
    """Units, accounts, layers, then a file into each of them, a second one into the register."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_portal.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from gis_portal.demo.accounts import ensure_accounts
    from layers.catalogue import shipped_definitions, sync_definitions

    call_command("load_units", verbosity=0)
    sync_definitions()
    ensure_accounts(folder / "demo-accounts.txt")
    for _raw, definition in shipped_definitions():
        load(folder, definition)
        if definition.slug == REGISTER:
            load(folder, definition, first=1)
    from tests.e2e.hostile_questions import ask_and_draw

    made = {
        "unlinked": [*report_and_enter(), *paper_and_mail()],
        "planned": ask_and_draw(),
        "sessions": {name: session_of(name) for name in ("steward", "planner")},
    }
    (folder / MADE).write_text(json.dumps(made), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
