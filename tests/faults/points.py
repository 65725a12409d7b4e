"""The named points at which an import is killed, and how to get there without code in production.

A point is a name of ours and the function that is wrapped: killed before its n-th call, or after
it. Wrapped in the process that dies, nowhere else.
"""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group, User
from django.db import connection
from django.utils.module_loading import import_string

from layers.permissions import APPROVER

Kill = Callable[[], None]

# The control is a worker whose transaction was broken before it was killed.
WORKER, POSTMASTER, CONTROL = "worker", "postmaster", "control"


@dataclass(frozen=True)
class Point:
    """Where to kill.

    Attributes:
        target: dotted name of a function or `module.Class.method`, as the caller looks it up.
        after: when it has returned, not before it begins.
        call: which call of it, counted from 1; `holding`: only calls with this word in the first
            argument count.
        act: whose work it interrupts: `work` (a worker with an import), `sweep`, `submit`.
        postmaster: whether the database is killed here, too; not where none is asked.
    """

    name: str
    target: str
    after: bool = False
    call: int = 1
    holding: str = ""
    act: str = "work"
    postmaster: bool = True


POINTS = (
    Point("task taken, run not yet", "importers.queued.claimed_run"),
    Point("run claimed", "importers.queued.request_of"),
    Point("before read", "importers.run._wanted"),
    Point("file open, child alive", "importers.run.georeference"),
    Point("placed, transaction begins", "importers.staging.stage"),
    Point("while reading", "importers.staging.prepare"),
    Point("rows encoded", "importers.rows.feature_rows", after=True),
    Point("all prepared", "importers.staging.check_expectations"),
    Point("staging tables made", "importers.staging.load"),
    Point("in the middle of COPY", "importers.load._Stream.read", call=2),
    Point("after COPY", "importers.staging.load", after=True),
    Point("before compare", "importers.staging.compare"),
    Point("compared", "importers.staging.compare", after=True),
    Point("seal: first index", "layers.partitions._call", after=True, holding="index_field"),
    Point("seal: all but the last", "layers.partitions._call", holding="seal_version"),
    Point("sealed", "importers.staging.Measured.save"),
    Point("original kept", "importers.originals.keep", after=True),
    Point("loaded, before commit", "importers.run.record", after=True),
    Point("committed, before publish", "importers.run.begin_publishing"),
    Point("publication announced", "importers.run.begin_publishing", after=True),
    Point("publish: before attach", "layers.partitions.attach"),
    Point("publish: attached", "layers.partitions.attach", after=True),
    Point("publish: hidden", "layers.partitions.hide", after=True),
    Point("publish: pointer moved", "layers.identity.record_change"),
    Point("publish: end written", "importers.run.finish", after=True),
    Point("published, task row open", "importers.queued.uploads.tidy"),
    Point("task row written", "importers.jobs.start_waiting"),
    Point("in the heartbeat", "importers.heartbeat.Heartbeat.beat", postmaster=False),
    Point("submit: file kept", "importers.uploads.keep", after=True, act="submit"),
    Point("sweeper: run put back", "importers.jobs._queue_again", after=True, act="sweep"),
    Point("sweeper: committed", "importers.jobs.release", act="sweep"),
)

# A few of each kind, for every run of the tests.
QUICK = (
    ("in the middle of COPY", WORKER),
    ("seal: all but the last", POSTMASTER),
    ("committed, before publish", WORKER),
    ("publish: pointer moved", WORKER),
    ("publish: end written", POSTMASTER),
    ("sweeper: run put back", WORKER),
)

BY_NAME = {point.name: point for point in POINTS}


def arm(point: Point, kill: Kill) -> None:
    """Wrap the point's function in this process."""
    owner_name, _, name = point.target.rpartition(".")
    owner = _owner(owner_name)
    setattr(owner, name, _wrapped(getattr(owner, name), point, kill))


def _owner(dotted: str) -> Any:
    """A module, or a class or module that one holds."""
    module, _, last = dotted.rpartition(".")
    try:
        return __import__(dotted, fromlist=["_"])
    except ModuleNotFoundError:
        return getattr(__import__(module, fromlist=["_"]), last, None) or import_string(dotted)


def _wrapped(function: Callable[..., Any], point: Point, kill: Kill) -> Callable[..., Any]:
    seen = 0

    def wrapper(*args: Any, **kwargs: Any) -> Any:
        nonlocal seen
        counts = point.holding in str(args[0]) if point.holding else True
        seen += counts
        now = counts and seen == point.call
        if now and not point.after:
            kill()
        answer = function(*args, **kwargs)
        if now and point.after:
            kill()
        return answer

    return wrapper


def publisher() -> User:
    """Somebody who may publish an own import: the theatre's office is a small one."""
    user, made = User.objects.get_or_create(username="approver")
    if made:
        user.groups.add(Group.objects.get_or_create(name=APPROVER)[0])
    return user


def commit_in_the_middle() -> None:
    """What the control does: the transaction that publishes is committed half-way."""
    connection.connection.commit()


def kill_tree(postmaster: int) -> None:
    """The database's main process, then all that it started: as when the power goes."""
    children = _children(postmaster)
    os.kill(postmaster, signal.SIGKILL)
    for child in children:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    end = time.monotonic() + 10
    while any(Path(f"/proc/{child}").exists() for child in children) and time.monotonic() < end:
        time.sleep(0.01)


def _children(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit():
                # After the name, which may hold anything: state, then the parent's number.
                words = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(words[1]) == parent:
                    found.append(int(entry.name))
    return found
