"""Other tile servers on the same parcels, each as fast as its settings let it be: a plain table
with exactly our attributes in columns, the shape ready in EPSG:3857, indexed, in our order. Nothing
of the version's JSON is left for them to take apart.

What a registry of this project's machines holds: tipg and django-vectortiles (PyPI, peers.lock),
MapServer (Debian). martin and pg_tileserv are in none of them.
"""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from install import environment_of

from tests.bench import serving
from tests.bench.land import Land
from tests.bench.serving import NotServing, Server, started
from tests.running_portal import free_port, owner_connection
from tiles.detail import typed
from tiles.grid import Tile

LOCK = "tests/bench/peers.lock"
TABLE, ITEMS = "bench_parcels", "bench_items"
MOST = 10_000
WORKERS = "2"
MAPSERVER = "/usr/lib/cgi-bin/mapserv"


@dataclass(frozen=True)
class Peer:
    """Another server: `start` gives it running, `path` the address of a tile."""

    name: str
    start: Callable[[], AbstractContextManager[Server]]
    tile: str
    remark: str

    def path(self, tile: Tile) -> str:
        """Address of one tile."""
        return self.tile.format(z=tile.z, x=tile.x, y=tile.y)


def make_tables(land: Land) -> None:
    """The plain tables that peers read, for tiles and for lists; kept with the database."""
    source = land.source
    tile_columns = [f'{typed(name, cast)} AS "{name}"' for name, cast in source.attributes]
    with closing(owner_connection(land.owner_url)) as database, database.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET maintenance_work_mem = '256MB'")
        _make(cursor, TABLE, source.table, tile_columns, "geom_3857", 3857)
        # The fields that the file fills, in the order of their names.
        cursor.execute(
            "SELECT key, jsonb_typeof(value) FROM"
            f" (SELECT properties FROM {source.table} ORDER BY id LIMIT 1) AS one,"
            " jsonb_each(properties) ORDER BY key"
        )
        filled = [
            f"(properties ->> '{key}'){'::float8' if kind == 'number' else ''} AS \"{key}\""
            for key, kind in cursor.fetchall()
        ]
        _make(cursor, ITEMS, source.table, filled, "geom", 4326)


def _make(cursor: Any, table: str, rows: str, columns: list[str], shape: str, srid: int) -> None:
    cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
    if cursor.fetchone() == (True,):
        return
    cursor.execute(
        f"CREATE TABLE {table} AS SELECT id, uid::text AS uid, {', '.join(columns)},"
        f" {shape}::geometry(Geometry, {srid}) AS geom FROM {rows} ORDER BY id"
    )
    cursor.execute(f"ALTER TABLE {table} ADD PRIMARY KEY (id)")
    cursor.execute(f"CREATE INDEX ON {table} USING gist (geom)")
    cursor.execute(f"VACUUM ANALYZE {table}")


def peers(land: Land) -> list[Peer]:
    """All of them, installed or not: one that cannot be started says so when it is asked."""
    return [
        Peer(
            "tipg",
            partial(tipg, land),
            f"/collections/public.{TABLE}/tiles/WebMercatorQuad/{{z}}/{{x}}/{{y}}",
            "its cap of 10,000 features a tile, no effect from z14 on",
        ),
        Peer(
            "MapServer",
            partial(_mapserver, land),
            "/map?mode=tile&tilemode=gmap&tile={x}+{y}+{z}&layers=parcels&map.imagetype=mvt",
            "FastCGI under nginx",
        ),
        Peer("django-vectortiles", partial(_vectortiles, land), "/parcels/{z}/{x}/{y}", "granian"),
    ]


def versions() -> dict[str, str]:
    """Name → version of what is installed."""
    found: dict[str, str] = {}
    python = environment_of(LOCK) / "bin" / "python"
    if python.exists():
        code = (
            "from importlib.metadata import version as v;"
            "print(*(f'{n}={v(n)}' for n in ('tipg', 'django-vectortiles', 'granian')))"
        )
        pairs = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
        found |= dict(pair.split("=") for pair in pairs.stdout.split())
    for name, command in (("MapServer", [MAPSERVER, "-v"]), ("nginx", ["nginx", "-v"])):
        if shutil.which(command[0]):
            told = subprocess.run(command, capture_output=True, text=True, check=False)
            words = (told.stdout + told.stderr).replace("/", " ").split()
            found[name] = next((word for word in words if word[0].isdigit()), "?")
    return found


def _program(name: str) -> str:
    program = environment_of(LOCK) / "bin" / name
    if not program.exists():
        raise NotServing(f"{name} of {LOCK} could not be installed")
    return str(program)


def tipg(land: Land) -> AbstractContextManager[Server]:
    port = free_port()
    command = [_program("granian"), "--interface", "asgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", WORKERS, "--loop", "uvloop", "--no-ws"]
    command += ["--log-level", "warning", "tipg.main:app"]
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": land.owner_url,
        "TIPG_DB_TABLES": f'["public.{TABLE}", "public.{ITEMS}"]',
        "TIPG_TILE_BUFFER": "64",
        "TIPG_CATALOG_TTL": "0",
        "TIPG_DEFAULT_FEATURES_LIMIT": "100",
        # Found once at the start, as they never change.
        "TIPG_DB_SPATIAL_EXTENT": "FALSE",
        "TIPG_DB_DATETIME_EXTENT": "FALSE",
    }
    url = f"http://127.0.0.1:{port}"
    return started(command, url, environment, land.folder / "tipg.log", "/healthz")


def _vectortiles(land: Land) -> AbstractContextManager[Server]:
    port = free_port()
    command = [_program("granian"), "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", WORKERS, "--blocking-threads", "4", "--no-ws"]
    command += ["--log-level", "warning", "--working-dir", str(Path(__file__).parent)]
    command += ["peer_vectortiles:application"]
    environment = {
        "PATH": os.environ["PATH"],
        "PEER_DATABASE": land.owner_url,
        "PEER_TABLE": TABLE,
        "PEER_COLUMNS": ",".join(name for name, _cast in land.source.attributes),
        "PEER_MOST": str(MOST),
        # Django's own GIS needs GDAL and GEOS: those of our environment.
        "PEER_GDAL": str(settings.GDAL_LIBRARY_PATH or ""),
        "PEER_GEOS": str(settings.GEOS_LIBRARY_PATH or ""),
    }
    url, log = f"http://127.0.0.1:{port}", land.folder / "vectortiles.log"
    return started(command, url, environment, log, "/parcels/20/0/0")


MAPFILE = """MAP
  NAME "bench"
  SIZE 256 256
  MAXSIZE 4096
  EXTENT -20037508.342789244 -20037508.342789244 20037508.342789244 20037508.342789244
  UNITS METERS
  PROJECTION "init=epsg:3857" END
  OUTPUTFORMAT
    NAME "mvt"
    DRIVER "MVT"
    MIMETYPE "application/vnd.mapbox-vector-tile"
    FORMATOPTION "EXTENT=4096"
    FORMATOPTION "EDGE_BUFFER=64"
  END
{layer}
END
"""
MAP_LAYER = """  LAYER
    NAME "parcels"
    TYPE POLYGON
    STATUS ON
    MAXFEATURES {most}
    PROJECTION "init=epsg:3857" END
    CONNECTIONTYPE POSTGIS
    CONNECTION "{connection}"
    PROCESSING "CLOSE_CONNECTION=DEFER"
    DATA "geom from {table} using unique id using srid=3857"
    METADATA "gml_include_items" "all" "gml_types" "auto" END
    CLASS STYLE COLOR 0 0 0 END END
  END"""
CONFIG = """CONFIG
  ENV
    MS_MAPFILE "{folder}/bench.map"
  END
END
"""
FRONT = """{whom}worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  fastcgi_buffers 64 64k; fastcgi_buffer_size 64k; keepalive_requests 1000000;
  server {{
    listen 127.0.0.1:{port};
    location /map {{
      fastcgi_pass unix:{folder}/map.socket;
      fastcgi_param QUERY_STRING $query_string; fastcgi_param REQUEST_METHOD $request_method;
      fastcgi_param SERVER_NAME $host;
      fastcgi_param SERVER_PORT $server_port; fastcgi_param SCRIPT_NAME /map;
      fastcgi_param SERVER_PROTOCOL $server_protocol;
    }}
  }}
}}
"""


@contextmanager
def _mapserver(land: Land) -> Iterator[Server]:
    """MapServer by FastCGI, more processes than processors so that none waits idle, nginx in
    front.
    """
    for program in ("nginx", MAPSERVER):
        if not shutil.which(program):
            raise NotServing(f"{program} could not be installed")
    folder = land.folder / "mapserver"
    folder.mkdir(exist_ok=True)
    host = urlsplit(land.owner_url)
    connection = (
        f"host={host.hostname} port={host.port} dbname={host.path[1:]}"
        f" user={host.username} password={host.password}"
    )
    layer = MAP_LAYER.format(table=TABLE, connection=connection, most=MOST)
    (folder / "bench.map").write_text(MAPFILE.format(layer=layer), encoding="utf-8")
    (folder / "mapserver.conf").write_text(CONFIG.format(folder=folder), encoding="utf-8")
    port = free_port()
    front = FRONT.format(whom=serving.as_whom(), folder=folder, port=port)
    ready = "/map?mode=tile&tilemode=gmap&tile=0+0+20&layers=parcels&map.imagetype=mvt"
    with (
        _mapserver_processes(folder) as pids,
        serving.nginx(front, folder, port, ready) as server,
    ):
        yield Server(server.url, (*server.processes, *pids))


@contextmanager
def _mapserver_processes(folder: Path) -> Iterator[list[int]]:
    """FastCGI's own way: each process takes requests from the socket that it finds as its input."""
    address = folder / "map.socket"
    address.unlink(missing_ok=True)
    environment = {**os.environ, "MAPSERVER_CONFIG_FILE": str(folder / "mapserver.conf")}
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(address))
        listening.listen(64)
        workers = [
            subprocess.Popen(
                serving.guarded([MAPSERVER]), env=environment, stdin=listening.fileno(),
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            )
            for _ in range(4)
        ]  # fmt: skip
    try:
        yield [worker.pid for worker in workers]
    finally:
        for worker in workers:
            serving.stop(worker)
