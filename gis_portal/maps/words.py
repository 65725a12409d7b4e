"""The words that the browser's script speaks, translated on the server: one place for all texts."""

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """Key → text in the language of the request; the keys are those that frontend/src asks for."""
    return {**_map_words(), **_search_words(), **_panel_words()}


def _map_words() -> dict[str, str]:
    return {
        "map": _("Bản đồ"),
        "north": _("X (Bắc)"),
        "east": _("Y (Đông)"),
        "latitude": _("Vĩ độ"),
        "longitude": _("Kinh độ"),
        "atPointer": _("tại con trỏ"),
        "atCentre": _("tại tâm bản đồ"),
        "locating": _("Đang tìm vị trí của bạn…"),
        "located": _("Bạn đang ở trong vòng tròn xanh, sai số khoảng {metres} m."),
        "locatedOutside": _("Bạn đang ở ngoài phạm vi bản đồ"),
        "locateRefused": _(
            "Chưa được phép xem vị trí. "
            "Hãy cho phép “Vị trí” trong cài đặt của trình duyệt rồi bấm lại."
        ),
        "locateFailed": _("Chưa bắt được vị trí. Hãy ra chỗ thoáng hoặc thử lại sau ít phút."),
        "locateUnsupported": _("Trình duyệt này không cho biết vị trí. Bạn vẫn có thể kéo bản đồ."),
        "nothingHere": _(
            "Không có đối tượng nào của các lớp đang bật ở đây. Nhấn giữ để xem nơi này."
        ),
        **_cell_words(),
        "newVersion": _("Lớp “{layer}” vừa có dữ liệu mới, bản đồ đã cập nhật."),
        "mapFailed": _("Chưa mở được bản đồ. Danh sách lớp và ô tìm kiếm vẫn dùng được."),
        "mapOffline": _("Máy đang mất mạng nên chưa mở được bản đồ. Hãy nối mạng rồi thử lại."),
        "twoFingers": _("Dùng hai ngón tay để di chuyển bản đồ"),
        "ctrlScroll": _("Giữ phím Ctrl và lăn chuột để phóng to bản đồ"),
        "commandScroll": _("Giữ phím ⌘ và lăn chuột để phóng to bản đồ"),
        "linkCopied": _("Đã chép đường dẫn. Dán vào tin nhắn để chia sẻ."),
        "sheet-peek": _("Bảng thông tin đang thu gọn. Nhấn để mở."),
        "sheet-half": _(
            "Bảng thông tin đang mở một nửa. Nhấn để thu gọn, phím mũi tên lên để mở hết."
        ),
        "sheet-full": _("Bảng thông tin đang mở hết. Nhấn để thu gọn."),
    }


def _cell_words() -> dict[str, str]:
    """Of what far zooms sum; `things` is the layer's own word for its features, in the plural."""
    return {
        "detailSquares": _("Ô gộp các {things} nhỏ"),
        "detailCircles": _("Số: nhiều {things}"),
        "cellsZoom": _("Phóng to để thấy từng {things}"),
        "cellsKind": _("Số liệu gộp, không phải của một {things}"),
        "cellsTitle": _("{count} {things} gộp lại ở đây"),
        "cellsTitleMany": _("Ở đây bản đồ gộp nhiều lớp"),
        "cellsSummed": _("Số {things} gộp lại"),
        "cellsFrame": _("Số liệu là của khung nét đứt rộng khoảng {width}."),
    }


def _search_words() -> dict[str, str]:
    return {
        "searchNothing": _(
            "Không tìm thấy “{query}”. Thử tên xã phường không dấu, “tờ 5 thửa 12”, hoặc tọa độ."
        ),
        "searchFailed": _("Ô tìm kiếm chưa trả lời. Hãy thử lại sau ít giây."),
        "searchOffline": _("Máy đang mất mạng nên chưa tìm được."),
        "kind-layer": _("Lớp bản đồ"),
        "kind-parcel": _("Thửa đất"),
        "kind-unit": _("Xã, phường"),
        "kind-place": _("Địa danh"),
        "kind-station": _("Trạm"),
        "kind-lot": _("Lô đấu giá"),
        "kind-coordinate": _("Tọa độ"),
        "kind-feature": _("Đối tượng khác"),
    }


def _panel_words() -> dict[str, str]:
    return {
        "panelFailed": _("Chưa tải được thông tin. Hãy thử lại."),
        "offlinePanel": _("Máy đang mất mạng nên chưa tải được thông tin. Nối mạng rồi thử lại."),
    }
