"""The browser of the tests: Debian's Chromium, as every lane starts it."""

import os
import shutil

CHROMIUM = (
    os.environ.get("PORTAL_CHROMIUM")
    or shutil.which("chromium")
    or shutil.which("chromium-browser")
)
ARGUMENTS = [
    "--no-sandbox",
    # Only WebGL is drawn as by a graphics card; pages are put together without one: half the work.
    "--use-angle=swiftshader-webgl",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PHONE = {"width": 360, "height": 740}
