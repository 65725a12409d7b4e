"""How much a folder holds that somebody else is writing to, looked at no longer than needed.

Neighbours: `importers.running` (an import's private folder), `importers.heartbeat` (asks).
"""

import os
from pathlib import Path


def fits(folder: Path, *, most_bytes: int, most_entries: int) -> bool:
    """Whether it holds no more than this, links not followed; False where it cannot be looked into.

    Bytes are those on the disk: a file with holes costs nothing.
    """
    left, folders = [most_bytes, most_entries], [str(folder)]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    _take(entry, left, folders)
                    if min(left) < 0:
                        return False
        except FileNotFoundError:
            # Removed meanwhile.
            continue
        except OSError:
            return False
    return True


def _take(entry: "os.DirEntry[str]", left: list[int], folders: list[str]) -> None:
    left[0] -= entry.stat(follow_symlinks=False).st_blocks * 512
    left[1] -= 1
    if entry.is_dir(follow_symlinks=False):
        folders.append(entry.path)
