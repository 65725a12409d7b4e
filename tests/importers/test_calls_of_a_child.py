"""Which calls of the kernel the confined reader may not make."""

import errno
import os
from pathlib import Path

import pytest

from importers.confined import syscalls
from tests.importers.test_sandbox import child

# memfd_create as x32 too, ptrace of the supervisor, unshare and clone of a user namespace, mount,
# bpf, userfaultfd, io_uring, keyctl, process_vm_readv; a thread is allowed.
_CALLS = """
import ctypes, os, threading
library = ctypes.CDLL(None, use_errno=True)
def number(*words):
    done = library.syscall(*map(ctypes.c_long, words))
    return ctypes.get_errno() if done == -1 else 0
calls = {calls}
started = threading.Thread(target=int)
started.start()
started.join()
os.write(1, bytes([number(*call) for call in calls]))
"""
_OF_MACHINE = {
    "x86_64": [
        (0x40000000 + 319, 0, 0),
        (101, 16, os.getppid()),
        (272, 0x10000000),
        (56, 0x10000000 | 17, 0),
        (165, 0, 0),
        (321, 0, 0),
        (323, 0),
        (250, 0),
        (310, 2),
    ],
    "aarch64": [(117, 16, 1), (97, 0x10000000), (220, 17, 0), (40, 0), (280, 0), (282, 0), (219,)],
}


@pytest.mark.skipif(not syscalls.is_known(), reason="no filter of calls for this machine")
def test_calls_that_a_child_may_not_make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = [*_OF_MACHINE[os.uname().machine], (425, 1, 0), (438, 0, 0), (435, 0, 0)]
    started = child(_CALLS.format(calls=calls), tmp_path, monkeypatch)
    try:
        answers = bytes(started._receive(len(calls)))
    finally:
        started.end()
    assert [*answers] == [errno.EPERM] * (len(calls) - 1) + [errno.ENOSYS]


def test_a_filter_of_calls_is_made_for_both_machines() -> None:
    for machine in ("x86_64", "aarch64"):
        assert len(syscalls.program(machine)) % 8 == 0
    assert not syscalls.is_known("riscv64")
