"""Whose is what: rows of planners are read where who may see them is decided, and nowhere else; and
that decision, for every way of sharing, every reader and every state of a layer.
"""

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gis_portal.planner.areas.keeping import drawn
from gis_portal.planner.asking import keeping
from gis_portal.planner.models import Analysis, Run
from layers.models import Layer
from layers.permissions import OFFICER, STEWARD
from tests.gis_portal.planner.engine import made
from tests.gis_portal.planner.test_document import BOX, planner

PACKAGE = Path(__file__).parents[3] / "gis_portal"
ROWS = re.compile(
    r"\b(?:Analysis|Run|RunFile|RunAddress|PlannerArea|Composition)\.objects\b"
    r"|\b(?:FROM|JOIN|UPDATE|INTO) planner_(?:run|analysis|plannerarea|runfile|runaddress)\b"
)
# Who reads rows past `permissions.py`, and why nobody can ask them for another's.
KNOWN = {
    "permissions.py": "decides",
    "asking/keeping.py": "counts and makes one's own",
    "asking/queue.py": "the queue and its housekeeping, of all planners, by no address",
    "asking/computing.py": "a worker",
    "asking/watch.py": "the run that this worker computes",
    "asking/versions.py": "which versions runs stand on, by no address",
    "areas/keeping.py": "counts and makes one's own; housekeeping",
    "engine/rows.py": "the area of a document that was read as its planner reads it",
    "engine/sample.py": "as engine/rows.py, for a preview",
    "results/files/listing.py": "files that one asked for oneself",
    "compositions/pages.py": "by `openable_by` and owner",
    "compositions/models.py": "decides, for maps",
    "workbench/home.py": "maps by `visible_to`",
    "results/overview.py": "by the number of a run that was decided on; housekeeping",
    "results/told.py": "names of areas of whom the question is",
    "results/quota.py": "sums of one's own",
    "results/addresses/keeping.py": "one's own addresses; the run behind one by `run_visible_to`",
    "results/files/asking.py": "files of a run that was decided on",
    "results/files/making.py": "a worker",
    "results/files/queue.py": "the queue of files and its housekeeping, by no address",
}


def test_rows_of_planners_are_read_where_it_is_decided_who_may() -> None:
    found = {
        file.relative_to(PACKAGE / "planner").as_posix()
        for file in (PACKAGE / "planner").rglob("*.py")
        if "migrations" not in file.parts and ROWS.search(file.read_text("utf-8"))
    }
    unknown = sorted(found - set(KNOWN))
    assert not unknown, f"{unknown}: ask permissions.py, or say here why not"
    elsewhere = [
        file.name
        for file in PACKAGE.rglob("*.py")
        if "planner" not in file.relative_to(PACKAGE).parts
        and re.search(r"gis_portal\.planner\.models import", file.read_text("utf-8"))
        and ROWS.search(file.read_text("utf-8"))
    ]
    assert not elsewhere, "other rooms do not read what planners keep"


READERS = ("owner", "colleague", "officer", "steward", "anonymous", "link", "old link")


def readers(owner: User) -> dict[str, Client]:
    people = {
        "owner": owner,
        "colleague": planner("colleague"),
        "officer": planner("officer", OFFICER),
        "steward": planner("steward", STEWARD),
    }
    found = {name: Client() for name in READERS}
    for name, person in people.items():
        found[name].force_login(person)
    return found


def may(reader: str, shared: str, *, internal: bool) -> bool:
    """In the words of the page on which it is shared."""
    if reader == "owner":
        return True
    signed_in = reader in ("colleague", "officer", "steward")
    if internal and not signed_in:
        return False
    return shared == Analysis.PUBLIC or (
        (shared == Analysis.PLANNERS and reader == "colleague")
        or (shared == Analysis.LINK and reader == "link")
    )


def asked(owner: User, layer: Layer) -> Run:
    area = drawn(owner, "khu A", BOX)
    question = {
        "analysis": "1.0",
        "title": {"vi": "Đất"},
        "inputs": {"a": {"layer": layer.slug}, "b": {"area": str(area.pk)}},
        "result": {"of": "a"},
    }
    analysis = keeping.keep(question, owner)
    return Run.objects.create(
        analysis=analysis, document=question, asked_by=owner, state=Run.DONE, progress=1,
        summary={"rows": [], "columns": []},
    )  # fmt: skip


@pytest.mark.django_db
def test_every_way_of_sharing_for_every_reader() -> None:
    layer = made.layer("shared-parcels", "polygon", units=False)
    owner = planner("owner")
    run, clients = asked(owner, layer), readers(owner)
    old = keeping.share(run.analysis, Analysis.LINK)
    for shared, internal in product(dict(Analysis.SHARED), (False, True)):
        visibility = Layer.INTERNAL if internal else Layer.PUBLIC
        Layer.objects.filter(pk=layer.pk).update(visibility=visibility)
        tokens = {"link": keeping.share(run.analysis, shared), "old link": old}
        for reader, client in clients.items():
            expected = may(reader, shared, internal=internal)
            whole = shared in (Analysis.PRIVATE, Analysis.PUBLIC)
            for address in addresses(run) if whole else [f"/api/runs/{run.pk}"]:
                token = tokens.get(reader)
                answer = client.get(address, {"token": token} if token else {})
                said = (shared, internal, reader, address, answer.status_code)
                assert answer.status_code == (200 if expected else 404), said
                is_kept = "no-store" not in answer.headers.get("Cache-Control", "no-store")
                assert not is_kept or (shared == Analysis.PUBLIC and not internal), said


def addresses(run: Run) -> Iterator[str]:
    """One of each room; all others of results go through the same door (`result_of`)."""
    yield f"/api/runs/{run.pk}"
    yield f"/planner/runs/{run.pk}/table.json"
    yield f"/api/analyses/{run.analysis_id}"


@pytest.mark.django_db
def test_what_is_not_done_yet_is_its_planner_s_alone() -> None:
    layer = made.layer("shared-parcels", "polygon", units=False)
    owner = planner("owner")
    run, clients = asked(owner, layer), readers(owner)
    keeping.share(run.analysis, Analysis.PUBLIC)
    for state, preview in ((Run.RUNNING, False), (Run.FAILED, False), (Run.DONE, True)):
        Run.objects.filter(pk=run.pk).update(state=state, preview=preview)
        seen = {
            name for name, c in clients.items() if c.get(f"/api/runs/{run.pk}").status_code == 200
        }
        assert seen == {"owner"}, (state, preview)
