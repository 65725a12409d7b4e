"""A few invented reports, sent and handled as anybody's are, so that inbox and public page show
what they are for. Each says of itself that it is invented.
"""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.contrib.gis.geos import Point

from gis_portal.reports import handling, moves
from gis_portal.reports.contacts import Contact
from gis_portal.reports.filing import Sent, file_report
from gis_portal.reports.models import Report
from layers.ondemand.asking import Asker

MARK = "Ví dụ minh họa, không phải việc thật: "


@dataclass(frozen=True)
class Invented:
    """A report, and how far it has come; a summary puts it on the public page."""

    category: str
    text: str
    lon: float
    lat: float
    states: tuple[str, ...] = ()
    answer: str = ""
    summary: str = ""


_TO_ANSWER, _TO_CONFIRM = (moves.CHECKING, moves.ANSWERED), (moves.CHECKING, moves.CONFIRMED)
INVENTED = (
    Invented(
        "dumping",
        "xe ben đổ đất đá ven đường tối qua.",
        107.166,
        10.498,
        _TO_ANSWER,
        "Phường đã cho dọn và cắm biển cấm đổ.",
        "đổ đất đá ven đường, đã dọn.",
    ),
    Invented(
        "wrong-boundary",
        "ranh thửa công viên vẽ lấn qua mương nước.",
        107.087,
        10.352,
        _TO_CONFIRM,
        "Đúng là vẽ lệch. Sẽ sửa trong lần cập nhật tới.",
        "ranh một thửa đất công vẽ lệch, sẽ sửa ở lần cập nhật tới.",
    ),
    Invented(
        "damaged",
        "mốc giới đầu hẻm bị gãy.",
        107.243,
        10.401,
        (moves.CHECKING, moves.CONFIRMED, moves.ANSWERED),
        "Đã chôn lại mốc mới.",
        "mốc giới bị gãy, đã chôn lại.",
    ),
    Invented("encroachment", "có hàng rào dựng ra bãi biển.", 107.084, 10.346),
    Invented("wrong-attribute", "trạm này đã tháo từ năm ngoái.", 107.168, 10.493),
)


def ensure_reports() -> int:
    """Send and handle them, unless there is any report already; answers how many."""
    steward = User.objects.filter(username="steward").first()
    if steward is None or Report.objects.exists():
        return 0
    for invented in INVENTED:
        _handle(_sent(invented), invented, steward)
    return len(INVENTED)


def _sent(invented: Invented) -> Report:
    sent = Sent(
        category=invented.category,
        text=MARK + invented.text,
        place="",
        point=Point(invented.lon, invented.lat, srid=4326),
        layer_slug="",
        uid=None,
        contact=Contact(),
        language="vi",
        token="",
    )
    return file_report(sent, Asker())


def _handle(report: Report, invented: Invented, steward: User) -> None:
    for state in invented.states:
        answer = "" if state == moves.CHECKING else invented.answer
        handling.move(report, state, steward, answer)
    if invented.summary:
        handling.release(report, steward, MARK + invented.summary, [], answer=True)
