"""Files of one export in one zip."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def zipped(path: Path) -> Iterator[Path]:
    """A folder beside `path`; what lies in it at the end is what the zip holds."""
    with TemporaryDirectory(prefix=f"{path.name}.", suffix=".part", dir=path.parent) as made:
        folder = Path(made)
        yield folder
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
            for file in sorted(folder.iterdir()):
                archive.write(file, file.name)
                file.unlink()
