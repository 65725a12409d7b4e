"""Failures of the desk by name; their rows are in docs/api.md."""

import datetime as dt

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from layers.errors import PortalError


class StepRefused(PortalError):
    """The state that was asked for may not follow the state that the report is in."""

    code, status = "step-refused", 409
    title: str | Promise = gettext_lazy("Báo cáo không chuyển được sang bước này")
    hint: str | Promise = gettext_lazy(
        "Có thể người khác vừa xử lý. Xem lại trạng thái hiện tại rồi chọn bước tiếp theo."
    )


class DecisionNeeded(PortalError):
    """A step without the document that it rests on, or with one of an impossible day."""

    code, status = "decision-needed", 422
    title: str | Promise = gettext_lazy("Cần số và ngày của văn bản làm căn cứ")
    hint: str | Promise = gettext_lazy(
        "Ghi số biên bản hoặc quyết định và ngày ký; ngày không trước bước liền trước, không sau "
        "hôm nay."
    )

    @staticmethod
    def wrong_day(after: dt.date, today: dt.date) -> str:
        """Between which days it must be."""
        return _("Ngày ký phải từ %(after)s đến %(today)s.") % {
            "after": f"{after:%d/%m/%Y}",
            "today": f"{today:%d/%m/%Y}",
        }


class ReasonNeeded(PortalError):
    """A report is closed without a word of why, or an answer has no words."""

    code, status = "reason-needed", 422
    title: str | Promise = gettext_lazy("Cần viết vài lời")
    hint: str | Promise = gettext_lazy("Viết ngắn: đã kiểm tra gì, vì sao, làm gì tiếp.")


class InConflict(PortalError):
    """A proposal that others contradict is decided on with them, not by itself."""

    code, status = "proposal-in-conflict", 409
    title: str | Promise = gettext_lazy("Đề xuất này đang xung đột với đề xuất khác")
    hint: str | Promise = gettext_lazy("Mở trang Xung đột, so sánh các bên rồi chọn một.")
