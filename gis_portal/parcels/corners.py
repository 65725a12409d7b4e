"""The corner table as text: to copy into a sheet, and as a file.

X is north and Y is east, as Vietnamese tables have it, in metres of the named grid.
"""

import csv
import io
from collections.abc import Iterator

from django.utils.translation import gettext as _

from gis_portal.parcels.parts import ParcelFacts


def rows(facts: ParcelFacts) -> Iterator[tuple[int, str, int, float, float, float]]:
    """(piece, shell or hole, corner, X north, Y east, edge to the next corner)."""
    for ring in facts.corners:
        kind = "hole" if ring.is_hole else "shell"
        for c in ring.corners:
            yield ring.part, kind, c.number, c.x_north, c.y_east, c.edge


def as_csv(facts: ParcelFacts) -> str:
    """RFC 4180 with decimal points, for programs; a byte order mark, for spreadsheets."""
    out = io.StringIO()
    out.write("\ufeff")
    write = csv.writer(out)
    write.writerow(["part", "ring", "corner", "x_north_m", "y_east_m", "edge_m", "crs"])
    for part, kind, number, x, y, edge in rows(facts):
        write.writerow(
            [part, kind, number, f"{x:.3f}", f"{y:.3f}", f"{edge:.3f}", facts.areas.grid_code]
        )
    return out.getvalue()


def as_text(facts: ParcelFacts) -> str:
    """With tabs between: what the copy button takes, and what a spreadsheet pastes into cells."""
    lines = ["\t".join([_("Điểm"), "X (m)", "Y (m)", _("Cạnh (m)")])]
    lines += [f"{n}\t{x:.3f}\t{y:.3f}\t{edge:.3f}" for _p, _k, n, x, y, edge in rows(facts)]
    return "\n".join(lines)
