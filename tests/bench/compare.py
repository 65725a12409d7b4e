"""Two answers for one square: which features and attributes differ.

Features are matched by `uid`, which every server was given as an attribute: feature ids are
optional in vector tiles and some servers write none.
"""

from dataclasses import dataclass
from typing import Any

from mapbox_vector_tile.Mapbox import vector_tile_pb2

# The table's own id: some servers write it as the feature's id, some as an attribute.
ID = "id"


@dataclass(frozen=True)
class Difference:
    """Counts of features: in the second only, in the first only, in both with other attributes."""

    missing: int
    more: int
    changed: int
    example: str = ""

    def __str__(self) -> str:
        parts = {"missing": self.missing, "more": self.more, "other attributes": self.changed}
        return ", ".join(f"{count:,} {name}" for name, count in parts.items() if count)


def features(body: bytes) -> dict[str, dict[str, Any]]:
    """uid → attributes with the id, of all tile layers that hold features; {} for no bytes.

    Shapes are left undecoded: they differ by how a server cuts and rounds.
    """
    found: dict[str, dict[str, Any]] = {}
    for layer in vector_tile_pb2.tile.FromString(body).layers:
        values = [_value(value) for value in layer.values]
        for feature in layer.features:
            tags = feature.tags
            told = {
                layer.keys[key]: values[value]
                for key, value in zip(tags[::2], tags[1::2], strict=True)
            }
            if feature.id:
                told.setdefault(ID, feature.id)
            uid = told.pop("uid", None)
            if uid is not None:
                found[str(uid)] = told
    return found


def _value(value: Any) -> Any:
    """The one kind of value that is set; whole numbers are whole whatever they are written as."""
    (field, found), *_none = value.ListFields() or [(None, None)]
    return int(found) if field is not None and field.name.endswith("int_value") else found


def difference(first: dict[str, dict[str, Any]], second: dict[str, dict[str, Any]]) -> Difference:
    """What the first lacks of the second, has more, or tells otherwise."""
    both = first.keys() & second.keys()
    changed = [uid for uid in both if first[uid] != second[uid]]
    return Difference(
        missing=len(second.keys() - first.keys()),
        more=len(first.keys() - second.keys()),
        changed=len(changed),
        example=f"{first[changed[0]]} / {second[changed[0]]}" if changed else "",
    )
