"""The queue of imports: who waits for whom, what a dead worker leaves, what may be cancelled.

Workers as processes, killed and held, are in tests/faults.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from importers import ending, jobs, queued, uploads
from importers.ending import finish
from importers.models import ImportRun, WorkerBeat
from importers.progress import Progress, StoppableProgress, Stopped
from importers.refusals import Cancelled, CannotCancel, CannotRetry, Superseded
from importers.request import Request
from importers.run import run_import
from importers.running import check_ours, release, take_if_dead
from importers.staging import Outcome
from layers.models import Layer, LayerVersion
from layers.permissions import APPROVER
from tests.importers.made import planner_layer, plots, plots_geojson

pytestmark = pytest.mark.django_db

LONG_AGO = timezone.now() - dt.timedelta(days=30)


@pytest.fixture
def layer() -> Layer:
    return plots()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return plots_geojson(tmp_path / "Thửa đất.geojson")


def submit(layer: Layer, file: Path, **words: object) -> ImportRun:
    request = Request(path=file, layer=layer, **{"dry_run": False, **words})  # type: ignore[arg-type]
    return jobs.submit(request, upload=file)


def left_by_a_dead_worker(run: ImportRun, **values: object) -> None:
    """As a worker leaves run and task that was killed a long time ago."""
    gone = {"state": ImportRun.RUNNING, "worker": "gone:1", "attempts": 1, "lease_until": LONG_AGO}
    ImportRun.objects.filter(pk=run.pk).update(**{**gone, **values})
    tasks_of(run).update(status="RUNNING", started_at=LONG_AGO)


def tasks_of(run: ImportRun) -> "QuerySet[DBTaskResult[[int], str]]":
    return DBTaskResult.objects.filter(pk__in=[run.task_id] if run.task_id else [])


def status(run: ImportRun) -> str:
    return tasks_of(run).get().status


@contextmanager
def alive_elsewhere(run: ImportRun) -> Iterator[None]:
    """Another session holds the run's lock."""
    other = connection.get_new_connection(connection.get_connection_params())
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(7021, %s)", [run.pk])
        yield
    finally:
        other.close()


def test_a_run_is_queued_with_its_file_and_one_task(layer: Layer, file: Path) -> None:
    run = submit(layer, file)
    assert run.state == ImportRun.QUEUED
    task = tasks_of(run).get()
    assert (task.status, task.args_kwargs["args"]) == ("READY", [run.pk])
    kept = jobs.file_of(run)
    assert kept is not None
    assert kept.read_bytes() == file.read_bytes()
    assert (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_worker_imports_what_was_asked_for(layer: Layer, file: Path) -> None:
    run = submit(layer, file, decision_no="12/QĐ", data_date=dt.date(2026, 6, 30))
    assert queued.work_on(run.pk) == ImportRun.STAGED
    run.refresh_from_db()
    assert run.version is not None
    assert (run.version.decision_no, run.version.data_date) == ("12/QĐ", dt.date(2026, 6, 30))
    assert run.attempts == 1
    assert [step["name"] for step in run.progress["steps"]][:2] == ["read", "prepare"]
    # What was loaded is an original now, no upload.
    assert jobs.file_of(run) is None
    assert queued.work_on(run.pk) == "not waiting"


def test_a_refused_file_is_kept_to_be_tried_again(layer: Layer, tmp_path: Path) -> None:
    file = tmp_path / "empty.geojson"
    file.write_bytes(b"")
    run = submit(layer, file)
    assert queued.work_on(run.pk) == ImportRun.REFUSED
    run.refresh_from_db()
    assert run.error_code == "empty-file"
    assert jobs.file_of(run) is not None
    assert uploads.sweep() == 0
    ImportRun.objects.filter(pk=run.pk).update(finished_at=LONG_AGO)
    assert uploads.sweep() == 1
    assert jobs.file_of(run) is None


def test_a_worker_does_not_publish_without_an_approval(layer: Layer, file: Path) -> None:
    approver = User.objects.create(username="somebody")
    approver.groups.add(Group.objects.get_or_create(name=APPROVER)[0])
    run = submit(layer, file, publish=True, user=approver)
    assert queued.work_on(run.pk) == ImportRun.REFUSED
    run.refresh_from_db()
    assert run.error_code == "own-import"
    assert run.version is not None
    assert run.version.state == LayerVersion.STAGED
    assert run.report["error"]["code"] == "own-import"
    assert run.report["rows"] == {"read": 20, "good": 20, "bad": 0}


def test_one_import_of_a_layer_at_a_time(layer: Layer, file: Path) -> None:
    first, second = submit(layer, file), submit(layer, file)
    elsewhere = submit(planner_layer("other", [{"name": "code", "type": "text"}]), file)
    assert second.task_id is None
    assert elsewhere.task_id is not None
    assert jobs.waiting_for(second) == first
    assert jobs.waiting_for(first) is None
    queued.work_on(first.pk)
    jobs.start_waiting()
    second.refresh_from_db()
    assert second.task_id is not None


def test_a_command_line_is_waited_for_without_a_task(layer: Layer, file: Path) -> None:
    run = submit(layer, file)
    by_hand = ImportRun.objects.create(layer=layer, file_name="by hand")
    with alive_elsewhere(by_hand):
        assert queued.work_on(run.pk) == "not waiting"
        jobs.sweep()
        run.refresh_from_db()
        assert (run.state, run.task_id) == (ImportRun.QUEUED, None)
    jobs.sweep()
    run.refresh_from_db()
    assert run.task_id is not None


def test_a_waiting_run_is_cancelled_at_once_and_the_next_begins(layer: Layer, file: Path) -> None:
    first, second = submit(layer, file), submit(layer, file)
    tasks = tasks_of(first)
    assert tasks.exists()
    cancelled = jobs.cancel(first)
    assert (cancelled.state, cancelled.error_code) == (ImportRun.CANCELLED, "cancelled")
    assert not tasks.exists()
    second.refresh_from_db()
    assert second.task_id is not None
    with pytest.raises(CannotCancel):
        jobs.cancel(first)
    # A worker that had taken the task already finds nothing to do.
    assert queued.work_on(first.pk) == "not waiting"


def test_a_running_one_is_asked_and_a_publishing_one_is_not(layer: Layer, file: Path) -> None:
    run = submit(layer, file)
    left_by_a_dead_worker(run)
    assert jobs.cancel(run).cancel_requested
    ImportRun.objects.filter(pk=run.pk).update(cancel_requested=False, step="publish")
    with pytest.raises(CannotCancel):
        jobs.cancel(run)


def test_a_cancelled_run_is_done_again(layer: Layer, file: Path) -> None:
    run = jobs.cancel(submit(layer, file))
    again = jobs.retry(run)
    assert (again.state, again.error_code, again.attempts) == (ImportRun.QUEUED, "", 0)
    assert queued.work_on(run.pk) == ImportRun.STAGED
    with pytest.raises(CannotRetry):
        jobs.retry(run)


def test_the_sweeper_puts_run_and_task_back(layer: Layer, file: Path) -> None:
    run = submit(layer, file)
    left_by_a_dead_worker(run)
    jobs.sweep()
    run.refresh_from_db()
    assert (run.state, run.attempts, run.worker) == (ImportRun.QUEUED, 1, "")
    assert status(run) == "READY"
    assert queued.work_on(run.pk) == ImportRun.STAGED


def test_a_lease_that_is_over_is_no_death(layer: Layer, file: Path) -> None:
    run = submit(layer, file)
    left_by_a_dead_worker(run)
    with alive_elsewhere(run):
        jobs.sweep()
        run.refresh_from_db()
        assert (run.state, status(run)) == (ImportRun.RUNNING, "RUNNING")
        assert queued.work_on(run.pk) == "not waiting"


def test_a_session_that_is_gone_is_given_until_the_lease_ends(layer: Layer, file: Path) -> None:
    run = submit(layer, file)
    left_by_a_dead_worker(run, lease_until=timezone.now() + dt.timedelta(minutes=1))
    jobs.sweep()
    run.refresh_from_db()
    assert run.state == ImportRun.RUNNING


def test_the_third_death_is_the_last(layer: Layer, file: Path) -> None:
    run = submit(layer, file)
    left_by_a_dead_worker(run, attempts=jobs.MOST_ATTEMPTS)
    jobs.sweep()
    run.refresh_from_db()
    assert (run.state, run.error_code) == (ImportRun.INTERRUPTED, "interrupted")
    assert run.error_detail == "Máy chủ đã dừng 3 lần khi đang nạp tệp này."
    assert run.report["error"]["hint"]
    assert status(run) == "FAILED"
    assert jobs.retry(run).state == ImportRun.QUEUED


def test_a_dead_worker_s_run_that_was_cancelled_stays_so(layer: Layer, file: Path) -> None:
    run = submit(layer, file)
    left_by_a_dead_worker(run, cancel_requested=True)
    jobs.sweep()
    run.refresh_from_db()
    assert run.state == ImportRun.CANCELLED


@pytest.mark.parametrize("lost", ["taken and left", "failed", "gone"])
def test_a_waiting_run_gets_a_task_again(layer: Layer, file: Path, lost: str) -> None:
    run = submit(layer, file)
    tasks = tasks_of(run)
    if lost == "gone":
        tasks.delete()
    else:
        found = "RUNNING" if lost == "taken and left" else "FAILED"
        tasks.update(status=found, started_at=LONG_AGO)
    jobs.sweep()
    run.refresh_from_db()
    assert status(run) == "READY"


def test_a_task_of_an_ended_run_is_ended(layer: Layer, file: Path) -> None:
    run = submit(layer, file)
    assert queued.work_on(run.pk) == ImportRun.STAGED
    tasks_of(run).update(status="RUNNING", started_at=LONG_AGO)
    jobs.sweep()
    assert status(run) == "SUCCESSFUL"


def test_a_task_just_taken_is_left_alone(layer: Layer, file: Path) -> None:
    run = submit(layer, file)
    tasks = tasks_of(run)
    tasks.update(status="RUNNING", started_at=timezone.now())
    jobs.sweep()
    run.refresh_from_db()
    assert status(run) == "RUNNING"


def test_what_was_loaded_is_only_published(
    layer: Layer, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker died between loading and publishing: the file is not read again."""
    monkeypatch.setattr(settings, "PORTAL_FOUR_EYES", False)
    approver = User.objects.create(username="somebody")
    approver.groups.add(Group.objects.get_or_create(name=APPROVER)[0])
    run = submit(layer, file, publish=True, user=approver)

    def dies(*_args: object) -> None:
        raise Stopped

    with monkeypatch.context() as once:
        once.setattr("importers.run.begin_publishing", dies)
        assert queued.work_on(run.pk) == "put back"
    run.refresh_from_db()
    assert (run.state, run.attempts) == (ImportRun.QUEUED, 0)
    assert run.version is not None
    loaded = run.version_id
    monkeypatch.setattr("importers.run._load", dies)
    assert queued.work_on(run.pk) == ImportRun.PUBLISHED
    run.refresh_from_db()
    assert (run.version_id, run.rows_loaded) == (loaded, 20)
    assert run.report["outcome"] == "đã công bố"


def test_who_lost_the_run_writes_no_end(layer: Layer, file: Path) -> None:
    run = submit(layer, file)
    left_by_a_dead_worker(run)
    run.refresh_from_db()
    ImportRun.objects.filter(pk=run.pk).update(attempts=2, worker="other:2")
    outcome = Outcome(log=None)  # type: ignore[arg-type]
    finish(run, outcome, Progress(run), ImportRun.FAILED)
    release(run.pk)
    run.refresh_from_db()
    assert (run.state, run.worker) == (ImportRun.RUNNING, "other:2")


def test_a_request_to_cancel_is_not_written_over(
    layer: Layer, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It came between two heartbeats, while the import recorded what it had loaded."""
    run = submit(layer, file, publish=True)
    recorded = ending.record

    def cancelled_meanwhile(mine: ImportRun, outcome: Outcome) -> None:
        ImportRun.objects.filter(pk=run.pk).update(cancel_requested=True)
        recorded(mine, outcome)

    monkeypatch.setattr("importers.run.record", cancelled_meanwhile)
    assert queued.work_on(run.pk) == ImportRun.CANCELLED
    run.refresh_from_db()
    assert (run.state, run.error_code) == (ImportRun.CANCELLED, "cancelled")
    assert run.version is not None
    assert run.version.state == LayerVersion.DISCARDED
    monkeypatch.undo()
    assert jobs.retry(run).version is None


def test_who_lost_the_lock_does_not_write(layer: Layer) -> None:
    run = ImportRun.objects.create(layer=layer, file_name="a")
    with pytest.raises(Superseded):
        check_ours(run)
    assert take_if_dead(run.pk)
    check_ours(run)
    release(run.pk)


def test_progress_stops_once_and_not_after_the_point_of_no_return(layer: Layer) -> None:
    progress = StoppableProgress(ImportRun(layer=layer))
    progress.step("read")
    progress.stop(Cancelled("a"))
    with pytest.raises(Cancelled):
        progress.interrupt()
    progress.interrupt()
    with pytest.raises(Cancelled):
        progress.rows(1)
    late = StoppableProgress(ImportRun(layer=layer))
    late.no_return()
    late.stop(Cancelled("a"))
    late.checkpoint()
    assert late.reason is None


def test_nobody_works_until_a_worker_shows_itself() -> None:
    assert not jobs.worker_alive()
    jobs.show_worker("here:1")
    assert jobs.worker_alive()
    WorkerBeat.objects.update(seen_at=timezone.now() - dt.timedelta(seconds=31))
    assert not jobs.worker_alive()
    jobs.forget_worker("here:1")
    assert not WorkerBeat.objects.exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Hồ sơ\\thửa đất.zip", "thửa đất.zip"),
        (".zip", "zip"),
        ("…/", "_"),
        ("a" * 200 + ".zip", "a" * 96 + ".zip"),
        ("字" * 100 + ".csv", "字" * 65 + ".csv"),
    ],
)
def test_a_file_s_name_is_no_path(layer: Layer, file: Path, name: str, kept: str) -> None:
    run = submit(layer, file, name=name)
    found = jobs.file_of(run)
    assert found is not None
    assert found.name == kept
    assert found.parent.parent == Path(settings.MEDIA_ROOT) / "uploads"


def test_the_command_line_needs_no_worker(layer: Layer, file: Path) -> None:
    run = run_import(file, layer, publish=True)
    assert (run.state, run.task_id, run.attempts) == (ImportRun.PUBLISHED, None, 0)
    assert not DBTaskResult.objects.exists()
