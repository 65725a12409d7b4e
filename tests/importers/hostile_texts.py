"""Hostile files that are text: virtual sources, JSON, KML, CSV, MapInfo, DXF."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.importers.canaries import Bait
from tests.importers.made import EAST, NORTH

Maker = Callable[[Path, Bait], Path]
POINT = {"type": "Point", "coordinates": [107.2, 10.5]}
KML = '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
PLACEMARK = (
    "<Placemark><name>a</name>{}<Polygon><outerBoundaryIs><LinearRing><coordinates>"
    "107.2,10.5 107.21,10.5 107.21,10.51 107.2,10.5</coordinates></LinearRing></outerBoundaryIs>"
    "</Polygon></Placemark>"
)


def text(name: str, content: Callable[[Bait], str]) -> Maker:
    """A maker of a text file."""

    def make(folder: Path, bait: Bait) -> Path:
        path = folder / name
        path.write_text(content(bait))
        return path

    return make


def vrt(source: str, layer: str = "canary") -> str:
    """An OGR virtual source over another one."""
    return (
        f'<OGRVRTDataSource><OGRVRTLayer name="{layer}"><SrcDataSource>{source}</SrcDataSource>'
        f"<SrcLayer>{layer}</SrcLayer></OGRVRTLayer></OGRVRTDataSource>"
    )


def _vrt_of_file(bait: Bait) -> str:
    return vrt(str(bait.file))


def _vrt_sql(bait: Bait) -> str:
    return (
        f'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>{bait.file}</SrcDataSource>'
        "<SrcSQL>SELECT * FROM canary</SrcSQL></OGRVRTLayer></OGRVRTDataSource>"
    )


def _raster_vrt(bait: Bait) -> str:
    return (
        '<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand dataType="Byte" band="1">'
        f"<SimpleSource><SourceFilename>{bait.file}</SourceFilename></SimpleSource>"
        "</VRTRasterBand></VRTDataset>"
    )


def algorithm(source: object) -> str:
    """GDAL's streamed algorithm: a command line as a file."""
    command = f"gdal vector pipeline ! read {source}"
    return json.dumps({"type": "gdal_streamed_alg", "command_line": command})


def linked(address: str, place: str, kind: str = "link", path: str = "") -> dict[str, Any]:
    """A collection of two features; a `crs` that points elsewhere hangs on the named member."""
    crs = {"type": kind, "properties": {"href": address, "url": address, "name": path or address}}
    geometry: dict[str, Any] = dict(POINT)
    feature: dict[str, Any] = {"type": "Feature", "properties": {"code": "1"}}
    first: dict[str, Any] = {"type": "FeatureCollection"}
    last: dict[str, Any] = {}
    {"top": first, "feature": feature, "geometry": geometry, "end": last}[place]["crs"] = crs
    feature["geometry"] = geometry
    plain = {"type": "Feature", "properties": {"code": "0"}, "geometry": POINT}
    return {**first, "features": [plain, feature], **last}


def _link(place: str, kind: str = "link") -> Callable[[Bait], str]:
    return lambda bait: json.dumps(linked(bait.address, place, kind))


def _escaped(bait: Bait) -> str:
    told = json.dumps(linked(bait.address, "geometry"))
    return told.replace('"crs"', '"\\u0063Rs"').replace('"link"', '"\\u006cink"')


def _single_quotes(bait: Bait) -> str:
    return json.dumps(linked(bait.address, "top")).replace('"crs"', "'crs'")


def _linked_file(bait: Bait) -> str:
    return json.dumps(linked(f"file://{bait.file}", "top"))


def _named(name: Callable[[Bait], str]) -> Callable[[Bait], str]:
    return lambda bait: json.dumps(linked("", "top", "name", name(bait)))


def _deep(_bait: Bait) -> str:
    return '{"type":"FeatureCollection","features":' + "[" * 100_000 + "]" * 100_000 + "}"


def _deep_geometry(_bait: Bait) -> str:
    deep = "[" * 100_000 + "]" * 100_000
    return (
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":'
        f'{{"type":"Polygon","coordinates":{deep}}}}}]}}'
    )


def _one_huge_object(_bait: Bait) -> str:
    """60 MB that a parser holds as a hundred times as much."""
    return (
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":['
        + "[]," * (20 * 2**20)
        + '[]]},"geometry":null}]}'
    )


def _huge_member(_bait: Bait) -> str:
    """The same beside the features, where nobody looks for any."""
    return (
        '{"type":"FeatureCollection","junk":['
        + '{"a":1},' * (60 * 2**20 // 8)
        + '0],"features":[{"type":"Feature","properties":{},"geometry":null}]}'
    )


def _huge_multipoint(_bait: Bait) -> str:
    return '{"type":"MultiPoint","coordinates":[' + "[1,2]," * (10 * 2**20) + "[1,2]]}"


def _square(*numbers: str) -> Callable[[Bait], str]:
    x, y = numbers
    ring = f"[[{x},{y}],[{EAST + 20},{NORTH}],[{EAST},{NORTH + 20}],[{x},{y}]]"
    return lambda _bait: (
        '{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:5899"}},'
        '"features":[{"type":"Feature","properties":{"code":"1"},"geometry":'
        f'{{"type":"Polygon","coordinates":[{ring}]}}}}]}}'
    )


def _entity(bait: Bait) -> str:
    entity = f'<!DOCTYPE kml [<!ENTITY x SYSTEM "file://{bait.file}">]>'
    return entity + KML.format(PLACEMARK.format("<description>&x;</description>"))


def _laughs(_bait: Bait) -> str:
    entities = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10)
    )
    return f"<!DOCTYPE kml [{entities}]>" + KML.format("<name>&a9;</name>")


def network_link(bait: Bait) -> str:
    """KML that loads another one."""
    link = f"<NetworkLink><Link><href>{bait.address}</href></Link></NetworkLink>"
    return KML.format(link + PLACEMARK.format(""))


def icons(bait: Bait) -> str:
    """KML with pictures from elsewhere: nothing that a reader of shapes needs."""
    icon = f"<Style><IconStyle><Icon><href>{bait.address}</href></Icon></IconStyle></Style>"
    return KML.format(PLACEMARK.format(icon))


def _deep_kml(_bait: Bait) -> str:
    return KML.format("<Folder>" * 100_000 + "</Folder>" * 100_000)


def _late_doctype(bait: Bait) -> str:
    return "<?xml version='1.0'?><!--" + " " * 100_000 + "-->" + _entity(bait)


def _quotes(_bait: Bait) -> str:
    row = f'1,{NORTH},{EAST},"'
    return "code,X,Y,name\n" + row + ("a,b\n" * 2_000_000)


def _mif(body: str) -> Callable[[Bait], str]:
    return lambda _bait: (
        'Version 300\nCharset "Neutral"\nDelimiter ","\nColumns 1\n  code Char(10)\n'
        f"Data\n\n{body}\n"
    )


def _tab(bait: Bait) -> str:
    return (
        "!table\n!version 300\n!charset Neutral\n\nDefinition Table\n"
        f'  Type NATIVE Charset "Neutral"\n  File "{bait.file}"\n  Fields 1\n'
        "    code Char (10) ;\n"
    )


def _tab_view(bait: Bait) -> str:
    return (
        f'!table\n!version 100\nOpen Table "{bait.file}" Hide\nCreate View a As\n'
        'Select * From canary Where canary.id = "1"\n'
    )


def _dxf(*pairs: object) -> str:
    return "".join(f"{pair}\n" for pair in pairs)


def _recursive_blocks(_bait: Bait) -> str:
    """A block that inserts itself, and a chain in which each inserts the last ten times."""
    blocks: list[object] = [0, "SECTION", 2, "BLOCKS"]
    blocks += [0, "BLOCK", 2, "SELF", 10, 0, 20, 0, 0, "INSERT", 2, "SELF", 10, 0, 20, 0]
    blocks += [0, "ENDBLK", 0, "BLOCK", 2, "B0", 10, 0, 20, 0]
    blocks += [0, "LINE", 10, 0, 20, 0, 11, 1, 21, 1, 0, "ENDBLK"]
    for number in range(1, 12):
        blocks += [0, "BLOCK", 2, f"B{number}", 10, 0, 20, 0]
        blocks += [0, "INSERT", 2, f"B{number - 1}", 10, 0, 20, 0] * 10
        blocks += [0, "ENDBLK"]
    blocks += [0, "ENDSEC", 0, "SECTION", 2, "ENTITIES"]
    for name in ("SELF", "B11"):
        blocks += [0, "INSERT", 2, name, 10, EAST, 20, NORTH]
    return _dxf(*blocks, 0, "ENDSEC", 0, "EOF")


def _external_reference(bait: Bait) -> str:
    return _dxf(
        *(0, "SECTION", 2, "BLOCKS", 0, "BLOCK", 2, "X", 70, 4, 10, 0, 20, 0, 1, bait.file),
        *(0, "ENDBLK", 0, "ENDSEC", 0, "SECTION", 2, "ENTITIES"),
        *(0, "INSERT", 2, "X", 10, EAST, 20, NORTH, 0, "ENDSEC", 0, "EOF"),
    )


TEXTS: dict[str, Maker] = {
    **{
        f"VRT as .{suffix}": text(f"a.{suffix}", _vrt_of_file)
        for suffix in ("geojson", "kml", "shp", "csv", "gpkg")
    },
    "VRT with SQL": text("a.geojson", _vrt_sql),
    "VRT over the network": text("a.geojson", lambda b: vrt(f"/vsicurl/{b.address}")),
    "VRT over a zip": text("a.geojson", lambda b: vrt(f"/vsizip/{b.file}")),
    "raster VRT": text("a.geojson", _raster_vrt),
    "GDALG": text("a.geojson", lambda b: algorithm(b.file)),
    "GDALG over the network": text("a.gdalg.json", lambda b: algorithm(b.address)),
    "a connection in one line": text("a.csv", lambda b: f"GeoJSON:{b.file}"),
    "a path in one line": text("a.geojson", lambda b: f"/vsicurl/{b.address}"),
    "crs link of the collection": text("a.geojson", _link("top")),
    "crs link of a feature": text("a.geojson", _link("feature")),
    "crs link of a geometry": text("a.geojson", _link("geometry")),
    "crs link at the end": text("a.geojson", _link("end")),
    "crs of type url": text("a.geojson", _link("geometry", "url")),
    "crs link in escapes": text("a.geojson", _escaped),
    "crs link in single quotes": text("a.geojson", _single_quotes),
    "crs link to a file": text("a.geojson", _linked_file),
    "crs named by an address": text("a.geojson", _named(lambda b: b.address)),
    "crs named by a file": text("a.geojson", _named(lambda b: f"+init={b.file}:1")),
    "JSON of 100,000 levels": text("a.geojson", _deep),
    "geometry of 100,000 levels": text("a.geojson", _deep_geometry),
    "60 MB in one object": text("a.geojson", _one_huge_object),
    "60 MB beside the features": text("a.geojson", _huge_member),
    "60 MB of one geometry": text("a.geojson", _huge_multipoint),
    "NaN": text("a.geojson", _square("NaN", "NaN")),
    "1e308": text("a.geojson", _square("1e308", "-1e308")),
    "KML with an external entity": text("a.kml", _entity),
    "KML with a late DOCTYPE": text("a.kml", _late_doctype),
    "KML of a billion laughs": text("a.kml", _laughs),
    "KML with a NetworkLink": text("a.kml", network_link),
    "KML with icons": text("a.kml", icons),
    "KML of 100,000 folders": text("a.kml", _deep_kml),
    "CSV with an open quote": text("a.csv", _quotes),
    "CSV of a million columns": text("a.csv", lambda _b: "X,Y," + "a," * 10**6 + "\n1,2\n"),
    "CSV in one line": text("a.csv", lambda _b: "X,Y\n" + "1," * (16 * 2**20)),
    "MIF of two billion corners": text("a.mif", _mif("Region 1\n 2000000000\n1 1\n2 2")),
    "MIF of two billion rings": text("a.mif", _mif("Region 2000000000\n 1\n1 1")),
    "TAB of another file": text("a.tab", _tab),
    "TAB that joins": text("a.tab", _tab_view),
    "DXF of blocks in blocks": text("a.dxf", _recursive_blocks),
    "DXF with an external drawing": text("a.dxf", _external_reference),
}
