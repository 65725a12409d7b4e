"""Colours of thematic maps, told apart also by readers who see no red or no green.

Each is a list of anchors; between them colours are interpolated. `tests/gis_portal/planner/
compositions/test_palettes.py` simulates deuteranopia and protanopia and measures every pair.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FEWEST, MOST = 3, 7
# Of values that are missing, and of classes beyond the palette; a hatched outline marks them too.
UNKNOWN = "#b9b4a8"


@dataclass(frozen=True)
class Palette:
    """`kind`: sequential, diverging or distinct (one colour a class, never interpolated)."""

    slug: str
    kind: str
    title: str | Promise
    anchors: tuple[str, ...]

    def colours(self, count: int) -> list[str]:
        """So many colours, first to last; a distinct palette gives at most what it has."""
        if self.kind == "distinct":
            return list(self.anchors[:count])
        if count <= 1:
            return [self.anchors[-1]]
        return [self._at(index / (count - 1)) for index in range(count)]

    def _at(self, share: float) -> str:
        place = share * (len(self.anchors) - 1)
        low = min(int(place), len(self.anchors) - 2)
        pairs = zip(_rgb(self.anchors[low]), _rgb(self.anchors[low + 1]), strict=True)
        return "#" + "".join(f"{round(a + (b - a) * (place - low)):02x}" for a, b in pairs)


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


PALETTES: dict[str, Palette] = {
    palette.slug: palette
    for palette in (
        Palette("sea", "sequential", _("Nước biển"), ("#ecf8f8", "#86c2cb", "#2a7c8b", "#06313c")),
        Palette("sand", "sequential", _("Cát"), ("#fff3d6", "#fdbe6f", "#e0701b", "#5c2303")),
        Palette(
            "lamp",
            "sequential",
            _("Đèn biển"),
            ("#00204d", "#414d6b", "#7c7b78", "#bcae6c", "#ffea46"),
        ),
        Palette(
            "sides",
            "diverging",
            _("Hai phía"),
            ("#7f3b08", "#e08214", "#f4efe6", "#8073ac", "#2d004b"),
        ),
        Palette(
            "distinct",
            "distinct",
            _("Từng loại một màu"),
            (
                "#0072b2",
                "#e69f00",
                "#56b4e9",
                "#d55e00",
                "#f0e442",
                "#202020",
                "#cc79a7",
                "#00a878",
            ),
        ),
    )
}
