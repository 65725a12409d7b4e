"""Receipts, in words: what became of an operation, why, and what to do."""

import json
from collections.abc import Iterable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis_portal.officer.field.models import Operation, Photo
from layers.errors import PortalError

# Remarks on what was received. The first is the receipt's code; docs/officer.md has a row of each.
NOTES: dict[str, str | Promise] = {
    "parcel-gone": _(
        "Thửa đất này không còn trong dữ liệu hiện hành; báo cáo vẫn được nhận. Xem các thửa thay "
        "thế, và tải lại gói dữ liệu của xã."
    ),
    "clock-wrong": _(
        "Đồng hồ của máy không đúng giờ; báo cáo được ghi theo giờ máy chủ. Bật đặt giờ tự động."
    ),
    "place-unreadable": _("Không đọc được vị trí; báo cáo vẫn được nhận, không có vị trí."),
    "sketch-unreadable": _("Không đọc được hình vẽ; báo cáo vẫn được nhận, không có hình vẽ."),
    "checklist-unreadable": _("Vài câu trả lời không đọc được; phần còn lại đã nhận."),
    "checklist-incomplete": _("Danh mục kiểm tra còn câu bắt buộc chưa trả lời."),
}


def words(error: PortalError) -> str:
    """A refusal as one text."""
    parts = [str(error.title), str(error.detail), str(error.hint)]
    return " ".join(part if part.endswith((".", "?")) else f"{part}." for part in parts if part)


def words_of(notes: Iterable[str]) -> str:
    """Remarks as one text."""
    return " ".join(str(NOTES[note]) for note in notes)


def receipt(operation: Operation) -> dict[str, Any]:
    """What the device gets, and keeps."""
    found: dict[str, Any] = {
        "id": str(operation.pk),
        "state": operation.state,
        "code": operation.code,
        "detail": operation.detail,
        "received_at": operation.received_at.isoformat(),
        "server_version": operation.server_version,
    }
    if operation.successors:
        found["successors"] = [str(uid) for uid in operation.successors]
    if operation.photo_count:
        found["photos"] = operation.photo_count
    return found


def photo_receipt(photo: Photo, have: int, count: int) -> dict[str, Any]:
    """A photo's: `have` of `count` photos of its operation are here."""
    return {
        "operation": str(photo.operation_id),
        "index": photo.index,
        "state": "received",
        "sha256": photo.sha256,
        "bytes": photo.size,
        "received_at": photo.received_at.isoformat(),
        "have": have,
        "count": count,
    }


def ascii_json(value: object) -> str:
    """For a header."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))
