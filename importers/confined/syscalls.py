"""Which calls of the kernel a reader may not make: seccomp, set by the reader before any file.

The bound of memory is RLIMIT_DATA, which counts neither memory files, shared mappings, other
processes' data nor mounts in a user namespace of one's own. A reader needs none of these. Only the
standard library is known here. Used by `importers.confined.supervisor`, tried by `host.why_not`.
"""

import ctypes
import errno
import os
import struct

_PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 4, 22, 38
_FILTER_MODE = 2
# The machine's word in the kernel's audit, then its numbers of calls; those above 423 are the same
# everywhere.
_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32 = 0x40000000
_CLONE, _MMAP = {"x86_64": 56, "aarch64": 220}, {"x86_64": 9, "aarch64": 222}
_CLONE3 = 435
_EVERYWHERE = {
    "pidfd_send_signal": 424,
    "io_uring_setup": 425,
    "io_uring_enter": 426,
    "io_uring_register": 427,
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
    "fsconfig": 431,
    "fsmount": 432,
    "pidfd_open": 434,
    "pidfd_getfd": 438,
    "process_madvise": 440,
    "mount_setattr": 442,
    "memfd_secret": 447,
}
_OWN = {
    "x86_64": {
        "shmget": 29,
        "socket": 41,
        "fork": 57,
        "vfork": 58,
        "execve": 59,
        "msgget": 68,
        "ptrace": 101,
        "chroot": 161,
        "mount": 165,
        "umount2": 166,
        "pivot_root": 155,
        "mq_open": 240,
        "add_key": 248,
        "request_key": 249,
        "keyctl": 250,
        "unshare": 272,
        "perf_event_open": 298,
        "setns": 308,
        "process_vm_readv": 310,
        "process_vm_writev": 311,
        "memfd_create": 319,
        "bpf": 321,
        "execveat": 322,
        "userfaultfd": 323,
    },
    "aarch64": {
        "umount2": 39,
        "mount": 40,
        "pivot_root": 41,
        "chroot": 51,
        "unshare": 97,
        "ptrace": 117,
        "mq_open": 180,
        "msgget": 186,
        "shmget": 194,
        "socket": 198,
        "add_key": 217,
        "request_key": 218,
        "keyctl": 219,
        "execve": 221,
        "perf_event_open": 241,
        "setns": 268,
        "process_vm_readv": 270,
        "process_vm_writev": 271,
        "memfd_create": 279,
        "bpf": 280,
        "execveat": 281,
        "userfaultfd": 282,
    },
}
# Words of classic BPF (linux/filter.h) and what it answers (linux/seccomp.h).
_LOAD, _AND, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
_KILL, _ALLOW, _ERRNO = 0x80000000, 0x7FFF0000, 0x00050000
_DENY = _ERRNO | errno.EPERM
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT, _FOURTH_ARGUMENT = 0, 4, 16, 40
_CLONE_THREAD = 0x00010000
_MAP_TYPE, _MAP_PRIVATE, _MAP_ANONYMOUS, _MAP_GROWSDOWN = 0xF, 0x2, 0x20, 0x100


def keep_to_itself() -> None:
    """No other process of this user may look into this one or trace it."""
    _prctl(_PR_SET_DUMPABLE, 0)


def is_known(machine: str | None = None) -> bool:
    """Whether there is a filter for this machine; elsewhere nothing is denied."""
    return (machine or os.uname().machine) in _OWN


def deny_calls() -> None:
    """From here on, for this process and its threads, for good. Raises OSError where the kernel has
    no seccomp; on machines that are not known here it does nothing.
    """
    machine = os.uname().machine
    if not is_known(machine):
        return
    words = program(machine)
    code = ctypes.create_string_buffer(words, len(words))
    head = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(words) // 8, _address(code)))
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    _prctl(_PR_SET_SECCOMP, _FILTER_MODE, _address(head))


def _address(buffer: ctypes.Array[ctypes.c_char]) -> int:
    return ctypes.addressof(buffer)


def _prctl(option: int, *values: int) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    words = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    if library.prctl(option, *words):
        number = ctypes.get_errno()
        raise OSError(number, f"prctl {option}: {os.strerror(number)}")


def program(machine: str) -> bytes:
    """The filter as instructions of 8 bytes: code, steps if true, steps if false, word."""
    lines = [
        _line(_LOAD, _ARCHITECTURE),
        _line(_EQUAL, _AUDIT[machine], 1, 0),
        _line(_RETURN, _KILL),
        _line(_LOAD, _NUMBER),
    ]
    if machine == "x86_64":
        lines += [_line(_AT_LEAST, _X32, 0, 1), _line(_RETURN, _DENY)]
    for number in sorted({**_OWN[machine], **_EVERYWHERE}.values()):
        lines += [_line(_EQUAL, number, 0, 1), _line(_RETURN, _DENY)]
    # glibc takes the older clone for threads then: a filter cannot look into clone3's words.
    lines += [_line(_EQUAL, _CLONE3, 0, 1), _line(_RETURN, _ERRNO | errno.ENOSYS)]
    lines += _of(_CLONE[machine], _only_threads())
    lines += _of(_MMAP[machine], _no_uncounted_memory())
    return b"".join([*lines, _line(_RETURN, _ALLOW)])


def _only_threads() -> list[bytes]:
    return [
        _line(_LOAD, _FIRST_ARGUMENT),
        _line(_ANY_BIT, _CLONE_THREAD, 0, 1),
        _line(_RETURN, _ALLOW),
        _line(_RETURN, _DENY),
    ]


def _no_uncounted_memory() -> list[bytes]:
    """Shared memory without a file, and stacks that grow."""
    return [
        _line(_LOAD, _FOURTH_ARGUMENT),
        _line(_ANY_BIT, _MAP_GROWSDOWN, 0, 1),
        _line(_RETURN, _DENY),
        _line(_ANY_BIT, _MAP_ANONYMOUS, 1, 0),
        _line(_RETURN, _ALLOW),
        _line(_AND, _MAP_TYPE),
        _line(_EQUAL, _MAP_PRIVATE, 0, 1),
        _line(_RETURN, _ALLOW),
        _line(_RETURN, _DENY),
    ]


def _of(number: int, lines: list[bytes]) -> list[bytes]:
    """These lines for the call of this number; each way through them ends."""
    return [_line(_EQUAL, number, 0, len(lines)), *lines]


def _line(code: int, word: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, word)
