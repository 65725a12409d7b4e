"""Failures of packs by name; their rows are in docs/api.md."""

from django.utils.translation import gettext_lazy as _

from layers.errors import PortalError


class UnknownPack(PortalError):
    """No such part, or not of a unit of this officer: both answer the same."""

    code, status = "unknown-pack", 404
    title = _("Không có gói dữ liệu này")
    hint = _("Mở lại danh sách gói: chỉ có các xã, phường thuộc địa bàn của bạn.")


class PackGone(PortalError):
    """A newer part stands in its place."""

    code, status = "pack-gone", 410
    title = _("Đã có gói dữ liệu mới hơn")
    hint = _("Mở lại danh sách gói rồi tải bản mới.")


class PackTooOld(PortalError):
    """What the device holds cannot be brought up to date by a delta."""

    code, status = "pack-too-old", 410
    title = _("Gói trên máy đã cũ quá để cập nhật từng phần")
    hint = _("Tải lại trọn gói; phần đã tải trước đó vẫn dùng được cho đến khi tải xong.")
