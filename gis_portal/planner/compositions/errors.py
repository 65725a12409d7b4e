"""Failures of saved maps."""

from django.utils.translation import gettext_lazy as _

from layers.errors import PortalError


class UnknownComposition(PortalError):
    """No such map, or not for this reader."""

    code, status = "unknown-composition", 404
    title = _("Không có bản đồ này")
    hint = _("Có thể bản đồ đã bị xóa, hoặc không được chia sẻ với bạn.")


class BadComposition(PortalError):
    """A map that cannot be saved as it was sent."""

    code, status = "bad-composition", 400
    title = _("Chưa lưu được bản đồ này")
    hint = _("Tải lại trang rồi thử lại.")
