"""How a person's choice of a coordinate system is written: `EPSG:5899;swap;shift=-196.8,111.5`.

One text for the command line, the API, the pages and the run's record:

* the system: `EPSG:5899`, `VN-2000 107°45′`, anything `layers.crs.by_code` takes;
* `swap`: the two numbers of the file stand in each other's place;
* `shift=DX,DY`: metres (degrees under a geographic system) to add to east and to north;
* `confirmed`: chosen on a map among the candidates, so the place is not questioned again.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import shapely
from django.utils.translation import gettext as _

from importers.batch import Batch, Issue
from importers.readers.source import Source, Stream
from importers.wording import number
from layers.crs import WEB_MERCATOR, Crs, by_code
from layers.errors import UnknownCrs


@dataclass(frozen=True)
class Choice:
    """A system and what has to be done to the file's numbers before they are in it.

    `shift` is (east, north) in the system's units.
    """

    crs: Crs
    swap: bool = False
    shift: tuple[float, float] | None = None
    confirmed: bool = False

    def __str__(self) -> str:
        words = [self.crs.code]
        words += ["swap"] if self.swap else []
        words += [f"shift={self.shift[0]:.10g},{self.shift[1]:.10g}"] if self.shift else []
        words += ["confirmed"] if self.confirmed else []
        return ";".join(words)

    @property
    def is_plain(self) -> bool:
        """Nothing but a system: whether the data lie where they say is still to be judged."""
        return not (self.swap or self.shift or self.confirmed)

    def notes(self) -> list[str]:
        """What was done to the numbers, for the report and the version."""
        found = [_("Đã đổi chỗ hai số của mỗi tọa độ theo lựa chọn.")] if self.swap else []
        if self.shift:
            digits = 8 if self.crs.is_geographic else 3
            found.append(
                _("Đã cộng độ dời theo lựa chọn: Bắc %(north)s, Đông %(east)s %(unit)s.")
                % {
                    "north": number(self.shift[1], digits),
                    "east": number(self.shift[0], digits),
                    "unit": _("độ") if self.crs.is_geographic else "m",
                }
            )
        return found

    def applied(self, source: Source) -> Source:
        """The source with its coordinates as chosen: x east, y north, in `crs`."""
        if not (self.swap or self.shift):
            return source
        return replace(source, read=self._read(source), first_shapes=self._first(source))

    def in_file(self, issues: list[Issue]) -> list[Issue]:
        """Places of issues back in the numbers that the file has, without the shift."""
        if not self.shift:
            return issues
        east, north = self.shift
        return [
            issue
            if issue.x is None or issue.y is None
            else replace(issue, x=issue.x - east, y=issue.y - north)
            for issue in issues
        ]

    def _read(self, source: Source) -> Callable[[Crs], Stream]:
        def read(crs: Crs) -> Stream:
            for batch, issues in source.read(self._asked(crs)):
                yield Batch(batch.columns, self._moved(batch.geometry), batch.rows, crs), issues

        return read

    def _first(self, source: Source) -> Callable[[Crs], np.ndarray]:
        def first_shapes(crs: Crs) -> np.ndarray:
            return self._moved(source.first_shapes(self._asked(crs)))

        return first_shapes

    def _asked(self, crs: Crs) -> Crs:
        """A reader of tables turns or refuses swapped columns under a VN-2000 system: it must give
        them as the header says, because they are turned here.
        """
        return WEB_MERCATOR if self.swap else crs

    def _moved(self, shapes: np.ndarray) -> np.ndarray:
        east, north = self.shift or (0.0, 0.0)

        def move(xy: np.ndarray) -> np.ndarray:
            return (xy[:, ::-1] if self.swap else xy) + (east, north)

        return np.asarray(shapely.transform(shapes, move))


def parse_choice(text: str) -> Choice:
    """The choice that a text writes. Raises UnknownCrs, also for words it does not know."""
    name, *words = (part.strip() for part in text.split(";"))
    choice = Choice(by_code(name))
    for word in filter(None, words):
        key, _equals, value = word.partition("=")
        if key == "swap" and not value:
            choice = replace(choice, swap=True)
        elif key == "confirmed" and not value:
            choice = replace(choice, confirmed=True)
        elif key == "shift":
            choice = replace(choice, shift=_shift(value, text))
        else:
            raise UnknownCrs(text, given=text)
    return choice


def _shift(value: str, text: str) -> tuple[float, float]:
    """Two finite numbers, no more than 10 km. Raises UnknownCrs."""
    try:
        east, north = (float(part) for part in value.split(","))
    except ValueError as error:
        raise UnknownCrs(text, given=text) from error
    if not (abs(east) <= 10_000 and abs(north) <= 10_000):
        raise UnknownCrs(text, given=text)
    return east, north
