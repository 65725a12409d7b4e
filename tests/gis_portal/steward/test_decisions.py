"""What a decision rests on: the comparison that counts, and who had the file in hands."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from importers import jobs, queued
from importers.comparison import comparison_of, removals_of, report_of
from importers.models import ImportRun
from importers.report import render
from importers.request import Request
from importers.run import run_import
from layers.models import Layer, LayerVersion
from layers.permissions import APPROVER, RESTRICTED_READER, STEWARD
from tests.gis_portal.steward.test_pages import person, text, user_of
from tests.importers.made import plots, plots_geojson

pytestmark = pytest.mark.django_db


def send(path: Path, count: int, layer: Layer, by: str = "steward") -> ImportRun:
    """An import of so many plots that waits for a decision."""
    file = plots_geojson(path / f"{count}.geojson", count)
    return run_import(file, layer, dry_run=False, user=user_of(by))


def publish(path: Path, count: int, layer: Layer) -> None:
    file = plots_geojson(path / f"live-{count}.geojson", count)
    run_import(file, layer, publish=True, allow_removals="thử")


def staged_version(run: ImportRun) -> LayerVersion:
    version = ImportRun.objects.get(pk=run.pk).version
    assert version is not None
    return version


def press(client: Client, run: ImportRun, button: str, **said: str) -> int:
    return client.post(f"/steward/imports/{run.pk}/{button}/", said).status_code


def test_after_comparing_again_every_place_tells_the_new_figures(tmp_path: Path) -> None:
    layer, steward = plots(), person("steward", STEWARD)
    publish(tmp_path, 10, layer)
    waiting = send(tmp_path, 9, layer)
    publish(tmp_path, 20, layer)
    assert press(steward, waiting, "compare") == 302
    run = ImportRun.objects.get(pk=waiting.pk)
    assert run.diff["removed"] == 1, "the run's own record stays what was counted then"
    assert comparison_of(run) == staged_version(run).change
    page = text(steward, f"/steward/imports/{run.pk}/")
    assert "Mất</dt><dd>11</dd>" in page
    assert "Bản này bỏ 11 đối tượng" in page
    assert removals_of(run)["too_many"]
    assert "Muốn công bố phải ghi lý do" in page
    told = steward.get(f"/api/imports/{run.pk}").json()
    assert told["diff"]["removed"] == told["report"]["diff"]["removed"] == 11
    assert told["report"]["removals"]["share"] == pytest.approx(11 / 20)
    assert "mất 11" in render(report_of(run))


def test_lists_are_counted_as_they_were_compared(tmp_path: Path, settings: Any) -> None:
    settings.PORTAL_CHANGES_KEPT = 3
    layer, steward = plots(), person("steward", STEWARD)
    publish(tmp_path, 20, layer)
    run = send(tmp_path, 10, layer)
    page = text(steward, f"/steward/imports/{run.pk}/")
    assert 'Mất</span><span class="soft">10</span>' in page
    assert "00013" not in text(steward, f"/steward/imports/{run.pk}/changes/?what=removed&page=2")


def by_worker(run: ImportRun) -> ImportRun:
    """What a worker makes of a queued run."""
    queued.work_on(run.pk)
    return ImportRun.objects.get(pk=run.pk)


def newest() -> ImportRun:
    found = ImportRun.objects.order_by("-pk").first()
    assert found is not None
    return found


def refused_to_all(run: ImportRun, *clients: Client) -> None:
    for client in clients:
        assert press(client, run, "approve") == 403
        assert press(client, run, "publish") == 403
        assert "Duyệt bản này" not in text(client, f"/steward/imports/{run.pk}/")


def test_a_run_again_has_two_owners(tmp_path: Path) -> None:
    layer = plots()
    first, second = person("first", STEWARD, APPROVER), person("second", STEWARD, APPROVER)
    file = plots_geojson(tmp_path / "a.geojson")
    checked = jobs.submit(Request(path=file, layer=layer, user=user_of("first")), upload=file)
    checked = by_worker(checked)
    assert checked.state == ImportRun.CHECKED
    assert press(second, checked, "again", mode="stage") == 302
    run = by_worker(newest())
    assert staged_version(run).created_by == user_of("second")
    refused_to_all(run, first, second)
    assert press(person("third", APPROVER), run, "approve") == 302
    assert press(first, run, "publish") == 403


def test_whoever_chose_on_the_way_is_remembered_too(tmp_path: Path) -> None:
    layer = plots()
    people = [person(name, STEWARD, APPROVER) for name in ("first", "second", "third")]
    file = plots_geojson(tmp_path / "a.geojson")
    jobs.submit(Request(path=file, layer=layer, user=user_of("first")), upload=file)
    for client in people[1:]:
        mode = "stage" if client is people[-1] else ""
        again = by_worker(newest())
        # What was only checked may be run with another system first.
        assert press(client, again, "again", crs="EPSG:5899", mode=mode) == 302
    run = by_worker(newest())
    handlers = set(staged_version(run).handled_by.values_list("username", flat=True))
    assert handlers == {"first", "second", "third"}
    assert set(run.options["handled_by"]) == {user_of("first").pk, user_of("second").pk}
    refused_to_all(run, *people)


def test_the_same_bytes_sent_by_both_are_both_theirs(tmp_path: Path) -> None:
    layer = plots()
    first, second = person("first", STEWARD, APPROVER), person("second", STEWARD, APPROVER)
    file = plots_geojson(tmp_path / "a.geojson")
    run_import(file, layer, user=user_of("first"))
    run = run_import(file, layer, dry_run=False, user=user_of("second"))
    refused_to_all(run, first, second)


def test_a_reason_of_a_former_run_is_not_run_again(tmp_path: Path) -> None:
    layer, steward = plots(), person("steward", STEWARD)
    file = plots_geojson(tmp_path / "a.geojson")
    asked = Request(path=file, layer=layer, allow_removals="cũ", user=user_of("steward"))
    checked = by_worker(jobs.submit(asked, upload=file))
    assert press(steward, checked, "again", mode="stage") == 302
    assert staged_version(by_worker(newest())).removal_reason == ""


def test_a_reason_holds_for_its_comparison_only(tmp_path: Path) -> None:
    layer, steward = plots(), person("steward", STEWARD)
    approver = person("approver", APPROVER)
    publish(tmp_path, 20, layer)
    run = send(tmp_path, 10, layer)
    assert press(steward, run, "reason", reason="Thu hẹp dự án.") == 302
    assert press(approver, run, "approve", note="Đã xem.") == 302
    publish(tmp_path, 40, layer)
    assert press(steward, run, "compare") == 302
    version = staged_version(run)
    assert (version.removal_reason, version.approved_by) == ("", None)
    assert press(approver, run, "approve") == 302
    assert press(approver, run, "publish") == 422
    assert staged_version(run).state == LayerVersion.STAGED


def test_the_history_tells_who_did_what(tmp_path: Path) -> None:
    layer, steward = plots(), person("steward", STEWARD)
    approver = person("approver", APPROVER)
    publish(tmp_path, 20, layer)
    run = send(tmp_path, 10, layer)
    press(steward, run, "reason", reason="Thu hẹp dự án.")
    press(approver, run, "approve", note="Đã xem.")
    press(steward, run, "compare")
    press(approver, run, "discard")
    told = [
        (event.what, event.by.get_username() if event.by else "", event.note)
        for event in staged_version(run).events.all()
    ]
    assert told == [
        ("reason", "steward", "Thu hẹp dự án."),
        ("approved", "approver", "Đã xem."),
        ("compared", "steward", "v1"),
        ("discarded", "approver", ""),
    ]
    page = text(steward, "/steward/layers/test-plots/")
    assert "steward, ghi lý do bỏ nhiều đối tượng: “Thu hẹp dự án.”" in page
    assert "approver, bỏ phiên bản" in page


def test_an_original_with_private_columns_is_not_everybody_s(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    layer = plots()
    steward, approver = person("steward", STEWARD), person("approver", APPROVER)
    reader = person("reader", STEWARD, RESTRICTED_READER)
    publish(tmp_path, 10, layer)
    page, file = "/steward/layers/test-plots/", "/steward/layers/test-plots/1/file/"
    others = (steward, approver, person("only-reader", RESTRICTED_READER))
    for client in others:
        assert client.get(file).status_code == 404
    assert not [record for record in caplog.records if "taken by" in record.message]
    assert file not in text(steward, page)
    assert file in text(reader, page)
    assert b"".join(reader.get(file)).startswith(b"{")
    assert f"test-plots v1 taken by reader ({user_of('reader').pk})" in caplog.text


def test_an_original_without_private_columns_is_the_stewards(tmp_path: Path) -> None:
    layer = plots()
    public = [f for f in layer.definition["field"] if f.get("visibility", "public") == "public"]
    layer.definition = {**layer.definition, "field": public}
    layer.save()
    publish(tmp_path, 10, layer)
    file = "/steward/layers/test-plots/1/file/"
    assert b"".join(person("steward", STEWARD).get(file)).startswith(b"{")
    assert person("approver", APPROVER).get(file).status_code == 404


def test_serious_warnings_must_be_seen_before_approval(tmp_path: Path) -> None:
    layer, _steward = plots(), person("steward", STEWARD)
    approver = person("approver", APPROVER)
    run = send(tmp_path, 20, layer)
    group = {
        "code": "overlap",
        "field": "",
        "severity": "warning",
        "serious": True,
        "count": 3,
        "hint": "",
        "first": [],
    }
    run.report["issues"], run.rows_read = [group], 22
    run.report.pop("serious_count", None)
    run.save(update_fields=["report", "rows_read"])
    page = text(approver, f"/steward/imports/{run.pk}/")
    assert "Tôi đã xem 3 cảnh báo nặng và vẫn duyệt" in page
    assert "2 trên 22 dòng của tệp bị bỏ vì lỗi" in page
    assert "issues/?code=overlap" in page
    assert page.index("3 cảnh báo nặng vẫn được nạp") < page.index("Duyệt bản này")
    assert page.index('id="rows"') < page.index('id="changes"')
    assert press(approver, run, "approve") == 409
    assert staged_version(run).approved_at is None
    assert press(approver, run, "approve", seen="3") == 302


def test_a_steward_s_own_try_is_refused_by_name(tmp_path: Path) -> None:
    layer, steward = plots(), person("steward", STEWARD)
    run = send(tmp_path, 20, layer)
    for button in ("approve", "publish"):
        answer = steward.post(f"/steward/imports/{run.pk}/{button}/")
        assert answer.status_code == 403
        assert "Tài khoản này không có quyền duyệt và công bố" in answer.content.decode()


def test_a_published_import_says_with_what_it_was_compared(tmp_path: Path) -> None:
    layer, approver = plots(), person("approver", APPROVER)
    person("steward", STEWARD)
    publish(tmp_path, 19, layer)
    run = send(tmp_path, 20, layer)
    assert "So với bản đang công bố" in text(approver, f"/steward/imports/{run.pk}/")
    press(approver, run, "approve")
    press(approver, run, "publish")
    assert "So với bản 1, bản công bố khi ấy" in text(approver, f"/steward/imports/{run.pk}/")
