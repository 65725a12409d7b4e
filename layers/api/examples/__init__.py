"""The programs of `/api/docs/examples`: one file each, beside this one, run by the tests as the
page shows them (`tests/portal/test_examples.py`).

In the files `{api}` is the address of the API, `{portal}` of the portal, `{slug}` of a published
layer and `{style}` of that layer's style.
"""

from dataclasses import dataclass
from pathlib import Path

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from layers.catalogue import visible_layers

FOLDER = Path(__file__).parent
# Small and of areas, where it is published.
FAVOURITE = "auction-lots"


@dataclass(frozen=True)
class Example:
    """One program: `name` is its file's, `language` what it is written in, `pictures` of it."""

    name: str
    title: str
    words: str
    language: str
    text: str
    pictures: tuple[tuple[str, str], ...] = ()


def examples_of(request: HttpRequest) -> list[Example]:
    """All of them, with this server's addresses."""
    portal = request.build_absolute_uri("/")
    slug = _layer()
    values = {
        "{api}": request.build_absolute_uri(reverse("api-landing")),
        "{portal}": portal,
        "{slug}": slug,
        "{style}": request.build_absolute_uri(_style(slug)),
    }
    return [_example(name, words, values) for name, words in _known().items()]


def _example(name: str, known: "tuple[str, str, Pictures]", values: dict[str, str]) -> Example:
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").rstrip("\n")
    for mark, value in values.items():
        text = text.replace(mark, value)
    title, words, pictures = known
    return Example(name, title, words, name.rpartition(".")[2], text, pictures)


Pictures = tuple[tuple[str, str], ...]


def _known() -> dict[str, tuple[str, str, Pictures]]:
    """File → title, what it does, pictures with what they show."""
    return {
        "curl.sh": (
            "curl",
            _(
                "Hỏi mười đối tượng đầu, lọc theo diện tích và theo khung VN-2000, tải cả lớp "
                "thành tệp, chỉ tải lại khi dữ liệu đổi."
            ),
            (),
        ),
        "qgis.py": (
            "QGIS",
            _(
                "Bằng chuột: Lớp › Quản lý nguồn dữ liệu › WFS / OGC API – Features › Mới, dán "
                "địa chỉ API, chọn phiên bản “OGC API – Features”, Kết nối, chọn lớp, Thêm. "
                "Bằng Python, trong QGIS hay ngoài:"
            ),
            _in_qgis(),
        ),
        "gdal.sh": (
            "GDAL (ogrinfo, ogr2ogr)",
            _("Liệt kê các lớp, rồi chép một lớp vào tệp GeoPackage."),
            (),
        ),
        "geopandas.py": (
            "GeoPandas",
            _(
                "Đọc mọi trang của một lớp vào một bảng: đọc thẳng địa chỉ items chỉ được trang "
                "đầu. Chuyển sang VN-2000 để tính diện tích."
            ),
            (),
        ),
        "by-commune.py": (
            _("Bảng và bản đồ theo xã (pandas)"),
            _("Cộng diện tích theo xã, nối với ranh giới xã, ghi thành tệp mở được trong QGIS."),
            (),
        ),
        "sync.py": (
            _("Giữ một bản sao (Python)"),
            _(
                "Chạy mỗi đêm: lần đầu đọc cả lớp, các lần sau chỉ đọc những gì đã thay đổi. "
                "Không cần cài thêm gì."
            ),
            (),
        ),
        "maplibre.html": (
            "MapLibre GL JS",
            _(
                "Một trang web vẽ lớp bằng mảnh véc-tơ. Đặt cạnh trang này các tệp ở thư mục dist "
                "của gói npm maplibre-gl, từ bản 5.11."
            ),
            (),
        ),
        "sf.R": ("R (sf)", _("Đọc một lớp vào một bảng có hình."), ()),
    }


def _in_qgis() -> Pictures:
    ground = _("Ranh giới các xã, phường trong QGIS (dữ liệu minh họa)")
    table = _("Bảng thuộc tính của lớp đó")
    return ("layers/api/qgis-layer.png", ground), ("layers/api/qgis-table.png", table)


def _layer() -> str:
    """A layer that is there, so that what is copied runs."""
    found = [layer.slug for layer in visible_layers().published()]
    return FAVOURITE if FAVOURITE in found or not found else found[0]


def _style(slug: str) -> str:
    """The layer's style, where this service has maps."""
    try:
        return reverse("layer-style", args=[slug])
    except NoReverseMatch:
        return reverse("api-collection", args=[slug])
