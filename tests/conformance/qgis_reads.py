"""Run by the system's Python, which has PyQGIS: reads collections by QGIS's own OAPIF provider.

One argument: JSON {"url", "layers": {slug: {"box": [w, s, e, n], "where", "days", "export", "key",
"page"}}}.
Prints JSON: what QGIS listed and read. No package of the project is here.
"""

import json
import os
import sys

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from qgis.core import (  # Qt reads the setting when imported
    Qgis,
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsDataSourceUri,
    QgsFeatureRequest,
    QgsRectangle,
    QgsVectorLayer,
)


def extent_of(features: list) -> list:  # type: ignore[type-arg]
    """West, south, east, north of what was read, not of what the layer says."""
    whole = QgsRectangle()
    whole.setMinimal()
    for feature in features:
        whole.combineExtentWith(feature.geometry().boundingBox())
    return [whole.xMinimum(), whole.yMinimum(), whole.xMaximum(), whole.yMaximum()]


def opened(url: str, slug: str, page: int = 1000) -> "QgsVectorLayer":
    """The layer as the dialog "Add WFS / OGC API – Features layer" adds it."""
    uri = QgsDataSourceUri()
    uri.setParam("url", url)
    uri.setParam("typename", slug)
    uri.setParam("pageSize", str(page))
    uri.setParam("pagingEnabled", "true")
    return QgsVectorLayer(uri.uri(False), slug, "OAPIF")


def read(url: str, slug: str, wanted: dict) -> dict:  # type: ignore[type-arg]
    """Everything about one collection."""
    layer = opened(url, slug, wanted.get("page", 1000))
    if not layer.isValid():
        return {"error": layer.dataProvider().error().message() if layer.dataProvider() else "?"}
    features, key = list(layer.getFeatures()), wanted.get("key", "id")
    grid = QgsCoordinateReferenceSystem("EPSG:5899")
    box = QgsFeatureRequest().setFilterRect(QgsRectangle(*wanted["box"]))
    found = {
        "crs": layer.crs().authid(),
        "counted": layer.featureCount(),
        "ids": [feature[key] for feature in features],
        "extent": extent_of(features),
        "in_box": [feature[key] for feature in layer.getFeatures(box)],
        "grid": grid.isValid(),
    }
    if wanted.get("where"):
        filtered = opened(url, slug)
        filtered.setSubsetString(wanted["where"])
        found["where"] = [feature[key] for feature in filtered.getFeatures()]
    if wanted.get("days"):
        # As "select by expression" asks. As a layer's filter 3.22 would send it as `datetime=`,
        # whatever field it names.
        chosen = QgsFeatureRequest().setFilterExpression(wanted["days"])
        found["days"] = [feature[key] for feature in layer.getFeatures(chosen)]
    if wanted.get("export"):
        exported = QgsVectorLayer(wanted["export"], slug, "ogr")
        rows = list(exported.getFeatures())
        found["export"] = {
            "crs": exported.crs().toWkt(), "count": len(rows), "extent": extent_of(rows)
        }  # fmt: skip
    return found


def main() -> None:
    """Read what is asked for."""
    asked = json.loads(sys.argv[1])
    application = QgsApplication([], False)
    application.initQgis()
    answer = {"version": Qgis.QGIS_VERSION, "layers": {}}
    for slug, wanted in asked["layers"].items():
        answer["layers"][slug] = read(asked["url"], slug, wanted)
    sys.stdout.write(f"{json.dumps(answer)}\n")
    application.exitQgis()


main()
