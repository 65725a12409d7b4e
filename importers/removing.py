"""Remove folders that hold what strangers sent: however deep, whatever their rights, past no link.

`shutil.rmtree` calls itself for every folder, so a deep tree ends it, and a path of thousands of
folders cannot be named at all. Neighbours: `importers.running` and `importers.uploads`.
"""

import logging
import os
import secrets
from pathlib import Path

log = logging.getLogger(__name__)


def removed(folder: Path) -> bool:
    """Remove a folder and all in it; what cannot be removed is logged and kept, never raised."""
    try:
        remove_tree(folder)
    except Exception:
        # One bad folder must not keep its caller from the others.
        log.exception("The folder %s cannot be removed", folder)
        return False
    return True


def remove_tree(folder: Path) -> None:
    """Remove a folder and all in it, links themselves and not where they lead. Raises OSError.

    Folders inside are laid side by side before they are emptied: two of them are open at a time and
    no path is longer than two names.
    """
    try:
        top = _open_folder(str(folder))
    except FileNotFoundError:
        return
    failure: OSError | None = None
    kept: set[str] = set()
    try:
        while names := set(_names(top)) - kept:
            for name in names:
                try:
                    _take_out(name, top)
                except OSError as error:
                    kept.add(name)
                    failure = error
    finally:
        os.close(top)
    if failure is not None:
        raise failure
    folder.rmdir()


def _take_out(name: str, top: int) -> None:
    """Remove a file, or a folder after its files; folders inside it are moved to `top`."""
    if _unlinked(name, top):
        return
    inner = _open_folder(name, top)
    try:
        for child in _names(inner):
            if not _unlinked(child, inner):
                # To be moved, a folder must be writable itself.
                os.close(_open_folder(child, inner))
                moved = f".removed-{secrets.token_hex(8)}"
                os.rename(child, moved, src_dir_fd=inner, dst_dir_fd=top)
    finally:
        os.close(inner)
    os.rmdir(name, dir_fd=top)


def _names(folder: int) -> list[str]:
    with os.scandir(folder) as entries:
        return [entry.name for entry in entries]


def _unlinked(name: str, parent: int) -> bool:
    """False for a folder."""
    try:
        os.unlink(name, dir_fd=parent)
    except IsADirectoryError:
        return False
    return True


def _open_folder(name: str, parent: int | None = None) -> int:
    """A descriptor of a folder, made ours to read and write; a link is refused."""
    # Opened without rights first: what is changed then is what was opened, whatever its name means.
    bare = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_DIRECTORY, dir_fd=parent)
    try:
        Path(f"/proc/self/fd/{bare}").chmod(0o700)
        return os.open(".", os.O_RDONLY | os.O_DIRECTORY, dir_fd=bare)
    finally:
        os.close(bare)
