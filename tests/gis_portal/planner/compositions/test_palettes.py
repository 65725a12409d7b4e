"""Palettes of thematic maps, as readers see them who see no red or no green."""

from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt
import pytest

from gis_portal.planner.compositions.palettes import FEWEST, MOST, PALETTES, UNKNOWN

Floats = npt.NDArray[np.float64]
# Machado, Oliveira and Fernandes (2009), severity 1, over linear light.
SEEN_BY: dict[str, Floats] = {
    "everybody": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
}
XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
) / np.array([[0.9505], [1.0], [1.089]])
# CIE76: 2.3 is just noticeable side by side; a legend is read across a map.
APART = 10


def lab(colour: str, reader: str) -> Floats:
    """CIELAB of a colour as this reader sees it."""
    srgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    xyz = XYZ @ np.clip(SEEN_BY[reader] @ linear, 0, 1)
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def apart(one: str, other: str, reader: str) -> float:
    return float(np.linalg.norm(lab(one, reader) - lab(other, reader)))


@pytest.mark.parametrize("reader", SEEN_BY)
@pytest.mark.parametrize("slug", PALETTES)
def test_every_two_classes_are_told_apart(slug: str, reader: str) -> None:
    palette = PALETTES[slug]
    counts = [len(palette.anchors)] if palette.kind == "distinct" else range(FEWEST, MOST + 1)
    for count in counts:
        colours = palette.colours(count)
        assert len(set(colours)) == count
        near = {
            (a, b): round(apart(a, b, reader), 1)
            for a, b in combinations(colours, 2)
            if apart(a, b, reader) < APART
        }
        assert not near, f"{slug}, {count} classes, {reader}"


@pytest.mark.parametrize("reader", SEEN_BY)
def test_sequences_go_one_way_from_light_to_dark_or_back(reader: str) -> None:
    for palette in PALETTES.values():
        if palette.kind == "sequential":
            light = [lab(colour, reader)[0] for colour in palette.colours(MOST)]
            steps = {a > b for a, b in pairwise(light)}
            assert len(steps) == 1, (palette.slug, light)


def test_the_missing_are_no_class() -> None:
    for palette in PALETTES.values():
        assert UNKNOWN not in palette.colours(MOST)
