#!/usr/bin/env python3
"""The pictures of QGIS on /api/docs/examples: `python3 bin/qgis_pictures.py ADDRESS [layer]`.

ADDRESS is that of a running portal's API (http://localhost:8000/api/). Starts Debian's QGIS on a
screen in memory, lets it read a layer as the example does, and saves its window and the layer's
table below `layers/static/layers/api/`. Run by hand when the pictures grow old.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "layers" / "static" / "layers" / "api"
SECONDS = 180
# Runs inside QGIS, which has `iface`. The waits are for a slow machine: nothing says when it is
# done.
INSIDE = """
import os
from qgis.core import QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QApplication, QDockWidget
from qgis.utils import iface

api, slug, folder = {api!r}, {slug!r}, {folder!r}
window = iface.mainWindow()

def save(widget, name):
    assert widget.grab().save(os.path.join(folder, name))

def start():
    source = "url='%s' typename='%s' pagingEnabled='enabled'" % (api, slug)
    layer = QgsVectorLayer(source, slug, "OAPIF")
    QgsProject.instance().addMapLayer(layer)
    for dock in window.findChildren(QDockWidget):
        dock.setVisible(dock.objectName() == "Layers")
    window.showNormal()
    window.resize(960, 600)
    iface.setActiveLayer(layer)
    iface.zoomToActiveLayer()
    QTimer.singleShot(15000, lambda: whole(layer))

def whole(layer):
    save(window, "qgis-layer.png")
    iface.showAttributeTable(layer)
    QTimer.singleShot(8000, rows)

def rows():
    table = next(w for w in QApplication.topLevelWidgets() if w.objectName().startswith("QgsAttributeTable"))
    table.resize(960, 600)
    QTimer.singleShot(2000, lambda: end(table))

def end(table):
    save(table, "qgis-table.png")
    os._exit(0)

QTimer.singleShot(3000, start)
"""  # noqa: E501 - a program of its own


def main(api: str, slug: str = "administrative-units") -> None:
    """Both pictures, or a plain word why not."""
    program, screen = shutil.which("qgis"), shutil.which("xvfb-run")
    if program is None or screen is None:
        sys.exit("QGIS or Xvfb is not installed: apt-get install qgis xvfb xauth")
    with tempfile.TemporaryDirectory() as home:
        script = Path(home) / "inside.py"
        script.write_text(INSIDE.format(api=api, slug=slug, folder=str(FOLDER)), encoding="utf-8")
        command = [screen, "-a", "-s", "-screen 0 1280x800x24", program, "--nologo"]
        command += ["--noversioncheck", "--profiles-path", home, "--code", str(script)]
        # Debian's QGIS takes its Python from the path: another one lacks the bindings.
        environment = {**os.environ, "HOME": home, "PATH": "/usr/bin:/bin"}
        subprocess.run(command, env=environment, timeout=SECONDS, check=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
