"""How a process is confined on this host: bubblewrap's command line, and whether it works here.

The child sees read-only system libraries, the interpreter with its packages, our own two packages
that readers need, the input, and one writable folder: the run's own. It has no network, no /proc,
no /tmp, no variable of our environment, no right that it could use. Where bubblewrap is missing or
the host forbids it (many containers do), nothing is confined and `why_not` says why.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# What readers import of this project, and the words of their refusals.
_OURS = ("importers", "layers", "gis_portal/locale")
_SYSTEM = ("/lib", "/lib64", "/lib32", "/bin", "/sbin")
# Names that hide no folder of a host: what is mounted there covers what an installation needs.
INPUT, FOLDER = "/.reading/input", "/.reading/folder"
_TRIAL_SECONDS = 10
# The child's own environment: one thread a library, memory from the system, so that bounds hold.
_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "HOME": FOLDER,
    "TMPDIR": FOLDER,
    "SQLITE_TMPDIR": FOLDER,
    "CPL_TMPDIR": FOLDER,
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "ARROW_IO_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "GDAL_NUM_THREADS": "1",
    "OGR_GPKG_NUM_THREADS": "1",
    "GDAL_CACHEMAX": "32",
    "GDAL_DRIVER_PATH": "disable",
    "PROJ_NETWORK": "OFF",
}
_START = (
    "import sys; sys.path.insert(0, {root!r}); "
    "from importers.confined.supervisor import go_without, part; part(); "
    "go_without('pandas', 'geopandas'); "
    "from importers.confined.child import main; main()"
)
# The trial proves what the child relies on: no interface but the loopback, nothing to write, no
# folder of people.
_TRIAL = (
    "import os, socket; "
    "names = [name for _, name in socket.if_nameindex()]; "
    "assert names in ([], ['lo']), names; "
    "assert not os.path.exists('/etc/passwd'), '/etc'; "
    "assert not os.path.exists('/proc/self'), '/proc'\n"
    "for place in ('/', '/dev', '/usr', {root!r}):\n"
    "    try:\n        open(place.rstrip('/') + '/trial', 'w')\n"
    "    except OSError:\n        continue\n"
    "    raise AssertionError(place)\n"
    "import sys; sys.path.insert(0, {root!r}); "
    "from importers.confined.syscalls import deny_calls; deny_calls()"
)


def command(inputs: list[Path], folder: Path, bounds: tuple[int, ...], report: int) -> list[str]:
    """The confined child for these input files or folders, read-only under `INPUT`.

    `bounds` are those of `set_bounds`; `report`: the pipe that tells how the reader ended.
    """
    start = [*_python(), _START.format(root=str(ROOT)), json.dumps([*bounds, report])]
    return [*_bubblewrap(), *_given(inputs, folder), *_closed(), "--", *start]


def _python() -> list[str]:
    return [sys.executable, "-I", "-B", "-X", "utf8", "-c"]


def _bubblewrap() -> list[str]:
    words = [shutil.which("bwrap") or "bwrap", "--unshare-all", "--die-with-parent"]
    words += ["--new-session", "--clearenv", "--cap-drop", "ALL", "--dev", "/dev"]
    for name, value in _ENVIRONMENT.items():
        words += ["--setenv", name, value]
    words += ["--ro-bind", "/usr", "/usr"]
    words += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    for place in map(Path, _SYSTEM):
        if place.is_symlink():
            words += ["--symlink", str(place.readlink()), str(place)]
        else:
            words += ["--ro-bind-try", str(place), str(place)]
    for place in dict.fromkeys([*_interpreter(), *(ROOT / name for name in _OURS)]):
        words += ["--ro-bind", str(place), str(place)]
    return words


def _interpreter() -> Iterator[Path]:
    """The environment and the installation it came from, which may lie in somebody's home."""
    real = Path(sys.executable).resolve().parent.parent
    for place in (Path(sys.prefix), Path(sys.base_prefix), Path(sys.base_prefix).resolve(), real):
        if not place.is_relative_to("/usr"):
            yield place


def _given(inputs: list[Path], folder: Path) -> list[str]:
    words = ["--bind", str(folder), FOLDER, "--chdir", FOLDER]
    for path in inputs:
        words += ["--ro-bind", str(path), f"{INPUT}/{path.name}"]
    return words


def _closed() -> list[str]:
    """Bubblewrap's own roots are memory that a child could fill; so is a shared map of zeros."""
    return ["--dev-bind", "/dev/null", "/dev/zero", "--remount-ro", "/dev", "--remount-ro", "/"]


@cache
def why_not() -> str:
    """Why this host confines nothing; empty where it does. Tries once a process."""
    if not sys.platform.startswith("linux"):
        return "bubblewrap needs Linux"
    if shutil.which("bwrap") is None:
        return "bubblewrap (bwrap) is not installed"
    words = [*_bubblewrap(), *_closed(), "--", *_python(), _TRIAL.format(root=str(ROOT))]
    try:
        done = subprocess.run(
            words,
            capture_output=True,
            timeout=_TRIAL_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    told = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return "" if done.returncode == 0 else (told or [f"exit {done.returncode}"])[-1][:300]


def inputs_of(path: Path) -> list[Path]:
    """The file and, of a set given by one of its files, those of the same name beside it.

    Links beside it are left alone: only what was named may lead elsewhere.
    """
    if not path.suffix or path.is_dir():
        return [path]
    beside = [
        other
        for other in path.parent.iterdir()
        if other.stem.lower() == path.stem.lower() and _is_plain(other) and other != path
    ]
    return [path, *sorted(beside)] if path.suffix.lower() in _SETS else [path]


# Formats of several files that people name by one of them.
_SETS = frozenset({".shp", ".tab", ".mif", ".dbf", ".shx", ".mid", ".dat", ".tif", ".tiff"})


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and os.access(path, os.R_OK)
