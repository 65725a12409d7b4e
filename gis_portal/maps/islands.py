"""Hoàng Sa and Trường Sa stand on every map of the portal, whatever layers are on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Archipelago:
    """A label with its place (WGS 84 degrees)."""

    vi: str
    en: str
    lon: float
    lat: float

    def label(self, language: str) -> str:
        """The name in that language."""
        return self.en if language == "en" else self.vi


ISLANDS = (
    Archipelago("Quần đảo Hoàng Sa (Việt Nam)", "Hoàng Sa archipelago (Việt Nam)", 112.0, 16.4),
    Archipelago("Quần đảo Trường Sa (Việt Nam)", "Trường Sa archipelago (Việt Nam)", 113.8, 9.4),
)
