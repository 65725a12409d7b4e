"""Do the rows lie in the communes that they name, in this system or rather in another one?

A file in the neighbouring province's central meridian lands 27 km away, still inside the portal's
area: only the communes that its rows claim tell. Judged on a sample of the first batch, once the
shapes are readable and before anything is loaded.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import shapely
from django.conf import settings
from django.utils.translation import gettext as _

from importers.batch import Batch
from importers.candidates import (
    Candidate,
    candidates,
    reading,
    to_lonlat,
    without_datum_shift,
)
from importers.columns import fold_name
from importers.crs_choice import Choice
from importers.pipeline import Context, Prepared
from importers.refusals import AxesSwapped, DatumShift, ImportRefused, WrongMeridian
from importers.steps.assign_unit import UnitShapes
from importers.wording import number
from layers.crs import Crs, by_code
from layers.values import fold

_SAMPLE = 500
_SHOWN = 8
# Another system must place so many of the rows right, and so many more than the file's own.
_CLEARLY = 0.8
_BETTER = 0.3
# A shift of the datum moves few parcels over a border: it takes many rows to be sure.
_ROWS_FOR_SHIFT = 30
_SHIFT_GAIN = 0.04
_SHIFT_SURE = 0.97
# Readings so near to each other (m) differ by the datum, not by the zone.
_SAME_ZONE_METRES = 1000.0
_NAME_COLUMNS = frozenset(
    "tenxa xa phuong xaphuong tenxaphuong phuongxa tendvhc donvihanhchinh dvhc commune ward xacu "
    "phuongcu tenxacu xaphuongcu oldcommune tenxamoi xamoi".split()
)


@dataclass(frozen=True)
class Claims:
    """Rows that name a unit: points (n, 2) in the file's system, and the codes each may mean."""

    points: np.ndarray
    allowed: list[frozenset[str]]
    units: UnitShapes

    def share(self, choice: Choice) -> float:
        """How many of the rows lie in a unit they name when read as chosen, 0–1."""
        moved = self.points[:, ::-1] if choice.swap else self.points
        lonlat = to_lonlat(moved + (choice.shift or (0.0, 0.0)), choice.crs)
        good = np.isfinite(lonlat).all(axis=1)
        found = np.full(len(lonlat), -1, dtype=np.int64)
        found[good] = self.units.find(shapely.points(lonlat[good]))
        right = [
            bool(unit >= 0) and self.units.codes[unit] in codes
            for unit, codes in zip(found, self.allowed, strict=True)
        ]
        return float(np.mean(right))


def claims_of(
    batch: Batch,
    prepared: Prepared,
    context: Context,
    named: Callable[[], Mapping[str, frozenset[str]]],
) -> Claims | None:
    """What a sample of the rows claims, None when it names no unit whose shape is known.

    `named` gives the codes that a unit's name may stand for; asked only where no code column helps.
    """
    if not len(prepared) or not len(context.units.shapes):
        return None
    sample = np.unique(np.linspace(0, len(prepared) - 1, _SAMPLE).astype(np.int64))
    shaped = frozenset(context.units.codes.tolist())
    for allowed in _readings_of_claims(batch, prepared, context, sample, named):
        known = [bool(codes & shaped) for codes in allowed]
        if any(known):
            places = shapely.point_on_surface(prepared.source[sample[known]])
            codes = [c for c, k in zip(allowed, known, strict=True) if k]
            return Claims(shapely.get_coordinates(places), codes, context.units)
    return None


def _readings_of_claims(
    batch: Batch,
    prepared: Prepared,
    context: Context,
    sample: np.ndarray,
    named: Callable[[], Mapping[str, frozenset[str]]],
) -> Iterable[list[frozenset[str]]]:
    """The codes that each row of the sample may mean: by its code, else by a column of names."""
    nothing: frozenset[str] = frozenset()
    field = next((f for f in context.definition.fields if f.type.name == "unit"), None)
    if field is not None and field.name in prepared.columns.public:
        codes = prepared.columns.public[field.name][sample].tolist()
        yield [context.claimed.get(c, frozenset({c})) if c else nothing for c in codes]
    at = np.searchsorted(batch.rows, prepared.rows[sample])
    for column in batch.columns:
        if fold_name(column) in _NAME_COLUMNS:
            known = named()
            names = batch.columns[column][at].tolist()
            yield [known.get(folded_unit(str(n)), nothing) if n else nothing for n in names]


def folded_unit(name: str) -> str:
    """`P. Bà Rịa`, `PHƯỜNG BÀ RỊA` and `phường Bà Rịa` alike: without accents, signs and kind."""
    words = fold(name).replace(".", " ").replace(",", " ").split()
    for kind in (["thi", "tran"], ["dac", "khu"], ["phuong"], ["xa"], ["tt"], ["p"], ["x"]):
        if words[: len(kind)] == kind and len(words) > len(kind):
            words = words[len(kind) :]
            break
    return " ".join(words)


def check_claims(claims: Claims, crs: Crs, *, exact_shapes: bool = True) -> float:
    """The share of rows inside the unit they name. Raises WrongMeridian, AxesSwapped, DatumShift
    when another reading places them clearly better; the candidates come best first.

    `exact_shapes`: the units' borders are good to some metres, so that 200 m can be judged.
    """
    own = claims.share(Choice(crs))
    enough = own >= settings.PORTAL_MIN_IN_UNIT
    judges_shift = exact_shapes and len(claims.allowed) >= _ROWS_FOR_SHIFT
    if enough and (own >= _SHIFT_SURE or not judges_shift):
        return own
    ranked = ranked_candidates(claims, crs)
    best = ranked[0] if ranked else None
    if best is None or best.share_in_claimed_units is None:
        return own
    gain = best.share_in_claimed_units - own
    if _is_near(best, claims, crs):
        sure = best.share_in_claimed_units >= _SHIFT_SURE and gain >= _SHIFT_GAIN
        if sure and judges_shift:
            raise _refusal(DatumShift, own, ranked, crs)
    elif not enough and best.share_in_claimed_units >= _CLEARLY and gain >= _BETTER:
        kind = AxesSwapped if best.swapped and best.code == crs.code else WrongMeridian
        raise _refusal(kind, own, ranked, crs)
    return own


def ranked_candidates(claims: Claims, crs: Crs) -> list[Candidate]:
    """Every reading with its share of rows in the right unit, the best first."""
    found = candidates(claims.points)
    if crs.is_vn2000 and not crs.is_geographic:
        shifted = reading(claims.points, Choice(crs, shift=without_datum_shift(claims.points, crs)))
        found += [shifted] if shifted else []
    judged = [replace(c, share_in_claimed_units=claims.share(choice_of(c))) for c in found]
    return sorted(
        judged, key=lambda c: (-(c.share_in_claimed_units or 0.0), c.swapped, not c.inside)
    )


def choice_of(candidate: Candidate) -> Choice:
    """The choice that a candidate stands for."""
    return Choice(by_code(candidate.code), swap=candidate.swapped, shift=candidate.shift)


def _is_near(candidate: Candidate, claims: Claims, crs: Crs) -> bool:
    """The candidate's place is the file's own but for the datum."""
    own = reading(claims.points, Choice(crs))
    if own is None:
        return False
    east = (candidate.lon - own.lon) * 111_320.0 * np.cos(np.radians(own.lat))
    north = (candidate.lat - own.lat) * 110_574.0
    return bool(np.hypot(east, north) < _SAME_ZONE_METRES)


def _refusal(
    kind: type[ImportRefused], own: float, ranked: list[Candidate], crs: Crs
) -> ImportRefused:
    said = _("Theo %(crs)s, chỉ %(share)s %% số dòng nằm trong xã ghi ở dòng đó.") % {
        "crs": crs,
        "share": number(own * 100, 0),
    }
    lines = "".join(f"\n{c.describe()}" for c in ranked[:6])
    return kind(said + lines, candidates=[c.as_dict() for c in ranked[:_SHOWN]])
