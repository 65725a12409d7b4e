"""What people read when a filter is wrong: what it is, and where."""

from typing import Any

import pytest
from django.utils import translation

from layers.cql2 import compile_filter, queryables_of
from layers.definition import parse_definition
from layers.errors import BadFilter
from tests.layers.cql2.conftest import MARKETS

QUERYABLES = queryables_of(parse_definition(MARKETS))


def refused(text: str, lang: Any = "cql2-text", **how: Any) -> BadFilter:
    """The error that a filter is answered with."""
    with pytest.raises(BadFilter) as caught:
        compile_filter(text, lang, QUERYABLES, **how)
    return caught.value


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("stalls >", 9, "dừng giữa chừng"),
        ("stalls > 5 name", 12, "Không đọc tiếp được"),
        ("(stalls > 5", 12, "cần “)”"),
        ("name = 'Chợ", 8, "thiếu dấu nháy đơn"),
        ('"name = 1', 1, "thiếu dấu nháy kép"),
        ("stalls = 5; DROP TABLE x", 11, "Không hiểu ký tự “;”"),
        ("stalls NOT 5", 12, "LIKE, BETWEEN hoặc IN"),
        ("stalls = 1 = 1", 12, "Không đọc tiếp được"),
        ("s_within(geom, POINT(1))", 16, "hai tọa độ"),
        ("s_within(geom, POINT(a b))", 22, "cần một số"),
        ("s_within(geom, GEOMETRYCOLLECTION(1))", 35, "cần một hình"),
        ("stalls > 1 AND price > 5", 16, "Không có trường “price”"),
        ("owner = 'An'", 1, "Không có trường “owner”"),
        ("stals > 5", 1, "Có phải “stalls”?"),
        ("name > 5", 1, "Không so sánh được chữ với số"),
        ("stalls = 1 AND stalls = '5'", 16, "trong nháy đơn"),
        ("stalls", 1, "cần điều kiện đúng/sai, không phải số"),
        ("stalls AND roofed", 1, "cần điều kiện đúng/sai"),
        ("name + 1 = 2", 1, "cần số, không phải chữ"),
        ("CASEI(stalls) = 'x'", 7, "cần chữ, không phải số"),
        ("name LIKE name_ascii", 1, "Mẫu sau LIKE phải là chuỗi chữ"),
        ("name LIKE 'x\\'", 1, "kết thúc bằng dấu"),
        ("stalls IN ()", 1, "ít nhất một giá trị"),
        ("stalls = null", 1, "IS NULL"),
        ("geometry = geometry", 1, "S_EQUALS"),
        ("sells = ('fish')", 1, "A_EQUALS"),
        ("built = DATE('2026-02-30')", 9, "Không có ngày 2026-02-30"),
        ("built = DATE('30/01/2026')", 9, "Ngày viết dạng"),
        ("built = DATE(name)", 9, "Ngày viết dạng"),
        ("built > 'xưa'", 1, "Ngày viết dạng"),
        ("begins > TIMESTAMP('9999-12-31T23:00:00Z')", 10, "Không có thời điểm"),
        ("t_after(built, INTERVAL('2026-02-01', '2026-01-01'))", 16, "bắt đầu trước"),
        ("t_during(built, INTERVAL('..', '2026-01-01'))", 1, "T_DURING chỉ dùng cho khoảng"),
        ("t_after(name, DATE('2026-02-01'))", 9, "không phải chữ"),
        ("t_after(built, INTERVAL('2026-02-01'))", 16, "hai đầu"),
        ("a_contains(name, ('x'))", 12, "cần danh sách, không phải chữ"),
        ("a_contains(sells, (geom))", 20, "không phải hình"),
        ("s_intersects(geom, 'x')", 1, "cần hình, không phải chữ"),
        ("s_intersects(geom, POINT(190 10))", 20, "ngoài Trái Đất"),
        ("s_intersects(geom, POINT EMPTY)", 20, "Hình trống"),
        ("s_intersects(geom, POLYGON((0 0,1 1,0 0)))", 20, "ít nhất 3 điểm"),
        ("s_intersects(geom, POLYGON((0 0,2 2,2 0,0 2,0 0)))", 20, "Self-intersection[1 1]"),
        ("s_intersects(geom, BBOX(1,2,3))", 20, "4 số"),
        ("s_intersects(geom, BBOX(1,20,3,4))", 20, "tây, nam, đông, bắc"),
        ("s_within(geom, GEOMETRYCOLLECTION(POINT(0 0),LINESTRING(0 0,1 1)))", 1, "tách ra"),
        ("s_intersects(geom)", 1, "cần 2 giá trị, ở đây có 1"),
        ("buffer(geom, 5) = 1", 1, "Không có phép hoặc hàm “buffer”"),
        ("stalls = 1e400", 1, "Số quá lớn"),
    ],
)
def test_text_is_refused_at_its_place(text: str, position: int, message: str) -> None:
    error = refused(text)
    assert message in str(error.detail)
    assert error.extra["position"] == position
    assert error.status == 400


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ('{"op": "="', "hết bộ lọc", "Không đọc được JSON"),
        ('{"op": "foo", "args": []}', '{"op": "foo", "args": []}', "hàm “foo”"),
        ('{"op": "=", "args": 1}', '{"op": "=", "args": 1}', "thiếu các giá trị"),
        ('{"op": "not", "args": [{"x": 1}]}', '{"x": 1}', "Không hiểu phần này"),
        ('{"op": "=", "args": [{"property": ["a"]}, 1]}', '{"property": ["a"]}', "Không có trường"),
        ('{"op": "casei", "args": ["\\ud800"]}', '{"op": "casei", "args": ["?"]}', "ký tự"),
        ('{"property": "\\ud800"}', '{"property": "?"}', "Không có trường “?”"),
    ],
)
def test_json_is_refused_with_its_part(text: str, at: str, message: str) -> None:
    error = refused(text, "cql2-json")
    assert message in str(error.detail)
    assert error.extra["at"] == at


@pytest.mark.parametrize("text", ["NaN", "[1e999999999999999999999]", "[" * 4000, "9" * 5000])
def test_numbers_and_brackets_without_end_are_no_failure(text: str) -> None:
    assert refused(text, "cql2-json").code in ("filter-syntax", "filter-too-large")


def _within_each_other(template: str, levels: int) -> str:
    text = "roofed"
    for _level in range(levels):
        text = template.format(text)
    return text


@pytest.mark.parametrize(
    "text",
    [
        _within_each_other(f"({{}} IN ({'TRUE,' * 20}NOT TRUE))", 9),
        _within_each_other("A_EQUALS((floor,{}),(1,2))", 11),
        f"floor ^ floor ^ floor IN ({'floor,' * 1500}floor)",
    ],
)
def test_operands_that_are_written_twice_do_not_grow_without_end(text: str) -> None:
    """Nine levels of 21 copies would be 10¹² characters for the database."""
    assert refused(text).code == "filter-too-large"


def test_a_private_field_answers_as_one_that_does_not_exist() -> None:
    private, unknown = (refused(f"{name} = 'x'") for name in ("owner", "ovner"))
    assert str(private.detail).replace("owner", "*") == str(unknown.detail).replace("ovner", "*")


def test_english() -> None:
    with translation.override("en"):
        detail = str(refused("name > 5").detail)
    assert detail.startswith("A text cannot be compared with a number.")
    assert detail.endswith("Character 1: “name > 5”.")


class TestLimits:
    """Each is a setting; docs/settings.md has them."""

    @pytest.mark.parametrize(
        ("setting", "most", "inside", "beyond"),
        [
            ("length", 20, "stalls > 1", "stalls > 1 AND stalls > 2"),
            ("depth", 6, "((stalls > 1))", "((((((stalls > 1))))))"),
            ("depth", 6, "NOT NOT roofed", f"{'NOT ' * 20}roofed"),
            ("depth", 6, "- - stalls = 1", f"{'-' * 20} stalls = 1"),
            ("operators", 3, "stalls > 1 AND roofed", "stalls > 1 AND roofed OR stalls > 2"),
            ("vertices", 3, "s_within(geom, LINESTRING(0 0,1 1,2 2))",
             "s_within(geom, LINESTRING(0 0,1 1,2 2,3 3))"),
        ],
    )  # fmt: skip
    def test_text(self, settings: Any, setting: str, most: int, inside: str, beyond: str) -> None:
        settings.PORTAL_FILTER_LIMITS = {**settings.PORTAL_FILTER_LIMITS, setting: most}
        compile_filter(inside, "cql2-text", QUERYABLES)
        error = refused(beyond)
        assert error.code == "filter-too-large"
        assert str(most) in str(error.detail)

    def test_json(self) -> None:
        assert refused('{"op":"not","args":[' * 60 + "true" + "]}" * 60, "cql2-json").code == (
            "filter-too-large"
        )

    def test_as_deep_as_python_goes(self, settings: Any) -> None:
        """An operator who allows more levels than Python has gets refusals, not failures."""
        settings.PORTAL_FILTER_LIMITS = {
            "length": 10**6, "depth": 10**6, "operators": 10**6, "vertices": 1,
        }  # fmt: skip
        for text in ("(" * 5000, "NOT " * 5000, "casei(" * 5000):
            assert refused(f"{text}1").code == "filter-too-large"

    def test_a_long_list_is_one_operator(self) -> None:
        numbers = ", ".join(map(str, range(1500)))
        found = compile_filter(f"stalls IN ({numbers})", "cql2-text", QUERYABLES)
        assert found.values == ("stalls", list(range(1500)))
