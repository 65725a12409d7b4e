"""What each row issue means and what to do about it, in a surveyor's words. One table.

`importers.report` and the rows of ImportIssue take their text from here; a new code in a step needs
its line here (a test compares).
"""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class IssueText(NamedTuple):
    """`message`: what is wrong; `hint`: what to do."""

    message: str | Promise
    hint: str | Promise


ISSUE_TEXTS: dict[str, IssueText] = {
    # Geometry
    "no-geometry": IssueText(
        _("Dòng này không có hình."), _("Vẽ bổ sung hình cho đối tượng hoặc xóa dòng.")
    ),
    "cannot-read-geometry": IssueText(
        _("Hình của dòng này hỏng, không đọc được."), _("Vẽ lại hình ở tệp gốc.")
    ),
    "curve-linearised": IssueText(
        _("Hình có cung tròn; cung được vẽ lại bằng các đoạn thẳng ngắn (sai khác dưới 1 cm)."),
        _("Không cần sửa. Nếu cần đúng cung, giữ tệp gốc để đối chiếu."),
    ),
    "unclosed-ring": IssueText(
        _("Đường ranh không khép kín: điểm cuối khác điểm đầu."),
        _("Thêm điểm cuối trùng điểm đầu, rồi kiểm tra có thiếu đỉnh nào không."),
    ),
    "empty-geometry": IssueText(_("Hình của dòng này rỗng."), _("Vẽ lại hình hoặc xóa dòng.")),
    "not-finite": IssueText(
        _("Tọa độ không phải là số hữu hạn (NaN hoặc vô cực)."), _("Nhập lại tọa độ của các đỉnh.")
    ),
    "wrong-geometry-type": IssueText(
        _("Kiểu hình không đúng với lớp."), _("Lớp này chỉ nhận đúng một kiểu hình: xem báo cáo.")
    ),
    "cannot-repair": IssueText(
        _("Hình tự cắt hoặc hỏng; nếu sửa tự động thì hình thửa sẽ thay đổi."),
        _("Mở tệp gốc, đến tọa độ đã nêu và sửa đường ranh giới."),
    ),
    "repaired": IssueText(
        _("Hình có lỗi nhỏ, đã được sửa mà không đổi hình dạng."),
        _("Không cần làm gì; nên sửa ở tệp gốc."),
    ),
    "cannot-transform": IssueText(
        _("Không chuyển được tọa độ sang WGS 84."), _("Kiểm tra hệ tọa độ và các đỉnh của hình.")
    ),
    "z-dropped": IssueText(_("Đã bỏ độ cao (Z) hoặc trị đo (M)."), _("Không cần làm gì.")),
    # Values
    "required-missing": IssueText(_("Thiếu giá trị bắt buộc."), _("Điền giá trị vào cột này.")),
    "bad-value": IssueText(_("Giá trị không đọc được."), _("Sửa giá trị theo kiểu của cột.")),
    "not-a-number": IssueText(_("Giá trị không phải là số."), _("Viết số, ví dụ 2159,6.")),
    "not-whole": IssueText(_("Giá trị không phải là số nguyên."), _("Viết số nguyên.")),
    "not-a-date": IssueText(_("Giá trị không phải là ngày."), _("Viết ngày dạng dd/mm/yyyy.")),
    "not-a-choice": IssueText(
        _("Giá trị không có trong danh mục."), _("Chọn một giá trị của danh mục.")
    ),
    "not-a-boolean": IssueText(_("Giá trị không phải có hoặc không."), _("Viết có hoặc không.")),
    "not-a-url": IssueText(
        _("Giá trị không phải là địa chỉ web."), _("Bắt đầu bằng http:// hoặc https://.")
    ),
    "not-a-unit-code": IssueText(
        _("Giá trị không phải là mã đơn vị hành chính."), _("Mã xã gồm 5 chữ số, ví dụ 26506.")
    ),
    "not-a-land-use-code": IssueText(
        _("Giá trị không phải là mã loại đất."), _("Mã gồm 3 chữ cái, ví dụ ONT hoặc ONT+CLN.")
    ),
    "too-long": IssueText(_("Giá trị quá dài."), _("Rút ngắn giá trị.")),
    "too-small": IssueText(_("Giá trị nhỏ hơn mức cho phép."), _("Kiểm tra lại đơn vị đo.")),
    "too-large": IssueText(_("Giá trị lớn hơn mức cho phép."), _("Kiểm tra lại đơn vị đo.")),
    # Tables of corners
    "bad-coordinate": IssueText(
        _("Ô tọa độ trống hoặc không phải là số."), _("Nhập lại X, Y của điểm này.")
    ),
    "too-few-cells": IssueText(
        _("Dòng thiếu ô so với tiêu đề."),
        _("Bổ sung các ô còn thiếu; ô trống vẫn cần dấu phân cách."),
    ),
    "too-many-cells": IssueText(
        _("Dòng có nhiều ô hơn tiêu đề, các ô sau bị lệch cột."),
        _(
            "Số thập phân viết bằng dấu phẩy phải đặt trong ngoặc kép, hoặc lưu CSV phân cách bằng "
            "dấu chấm phẩy."
        ),
    ),
    "too-few-corners": IssueText(
        _("Cần ít nhất ba đỉnh khác nhau để khép thành thửa."),
        _("Bổ sung các đỉnh, mỗi đỉnh một dòng."),
    ),
    # Drawings
    "open-line": IssueText(
        _("Đường hở: đầu đường ranh giới không nối vào đường nào."),
        _("Đến tọa độ đã nêu, kéo đầu đường vào điểm của đường kế bên hoặc vẽ nốt đoạn thiếu."),
    ),
    "needless-line": IssueText(
        _("Đường nằm trong một vùng mà không chia vùng đó ra."),
        _("Xóa đường này khỏi lớp ranh giới, hoặc vẽ nốt để chia thửa."),
    ),
    "ambiguous-text": IssueText(
        _("Trong thửa có nhiều chữ khác nhau cho cùng một mục, nên không lấy chữ nào."),
        _("Để lại một chữ trong thửa; kiểm tra cả ranh giới giữa hai thửa có bị thiếu không."),
    ),
    "text-outside": IssueText(
        _("Chữ của thửa đất nằm ngoài mọi thửa đã khép kín."),
        _("Dời chữ vào trong thửa, hoặc khép kín ranh giới của thửa ở chỗ đó."),
    ),
    "area-without-number": IssueText(
        _("Trong vùng khép kín này không có số thửa."),
        _("Ghi số thửa vào trong vùng; bỏ qua nếu đó là đường, kênh không đánh số."),
    ),
    # Between rows and against the register
    "duplicate-key": IssueText(
        _("Trùng khóa với một dòng khác: các cột khóa có cùng giá trị."),
        _("Kiểm tra: đánh lại số hoặc gộp hai đối tượng."),
    ),
    "outside-commune": IssueText(
        _("Vị trí không nằm trong xã ghi ở dòng này."),
        _("Kiểm tra mã xã (mã cũ hay mới) và vị trí của hình."),
    ),
    "overlap": IssueText(
        _("Hai hình chồng lên nhau."),
        _("Mở cả hai hình ở tọa độ đã nêu, xác định ranh giới đúng và sửa ở tệp gốc."),
    ),
    "overlap-sliver": IssueText(
        _("Có những chỗ chồng nhau rất hẹp dọc ranh giới chung."),
        _("Bắt điểm (snap) ranh giới chung của các hình rồi xuất lại; không bắt buộc."),
    ),
    "gap": IssueText(
        _("Giữa các hình có một khoảng trống."),
        _("Kiểm tra: đó là đất chưa vẽ hay ranh giới chung vẽ lệch nhau."),
    ),
    "gap-sliver": IssueText(
        _("Có những khoảng trống rất hẹp giữa các hình."),
        _("Bắt điểm (snap) ranh giới chung của các hình rồi xuất lại; không bắt buộc."),
    ),
    "checks-cut-off": IssueText(
        _("Có quá nhiều hình cần so từng cặp nên chưa kiểm tra chồng lấn hết."),
        _("Sửa các cặp đã nêu rồi nạp lại để kiểm tra tiếp."),
    ),
    "unknown-unit": IssueText(
        _("Mã xã ghi ở dòng này không có trong danh mục đơn vị hành chính."),
        _("Sửa mã xã ở tệp gốc: mã có thể bị gõ nhầm một chữ số."),
    ),
    "outside-province": IssueText(
        _("Vị trí nằm ngoài địa bàn của cổng."), _("Kiểm tra tọa độ của dòng này.")
    ),
    "area-mismatch": IssueText(
        _("Diện tích ghi trong tệp chênh lệch so với hình, quá độ chính xác của bản đồ."),
        _(
            "Kiểm tra cột diện tích (m² hay ha) và ranh giới. Hạn mức là mặc định kỹ thuật, không "
            "phải giới hạn pháp lý."
        ),
    ),
    "area-far-off": IssueText(
        _("Diện tích ghi trong tệp khác hẳn diện tích của hình (hơn một nửa)."),
        _("Kiểm tra đơn vị của cột diện tích (m² hay ha), số thửa và ranh giới ở tệp gốc."),
    ),
    "land-use-parts": IssueText(
        _("Ô loại đất có thêm diện tích hoặc ký hiệu (-C, -P, *): chỉ giữ các mã loại đất."),
        _("Không cần làm gì; diện tích từng loại đất nên ghi ở cột riêng."),
    ),
    "unknown-land-use": IssueText(
        _("Mã loại đất không có trong danh mục hiện hành."),
        _("Tra danh mục loại đất; mã cũ được giữ và ghi chú mã mới tương ứng."),
    ),
    "legacy-land-use": IssueText(
        _("Mã loại đất cũ: hồ sơ giữ mã đã ghi, bản đồ hiện cả mã mới tương ứng."),
        _("Nên dùng mã hiện hành trong lần nộp sau."),
    ),
}


# Warnings that make a wrong register when nobody looks: a person confirms them by their number.
SERIOUS = frozenset(
    {
        "area-far-off",
        "duplicate-key",
        "outside-commune",
        "outside-province",
        "overlap",
        "unknown-land-use",
        "unknown-unit",
    }
)
# What their value says is ours, no cell of the file.
EXPLAINED = SERIOUS - {"unknown-unit"} | {
    "area-mismatch",
    "cannot-repair",
    "checks-cut-off",
    "gap",
    "gap-sliver",
    "legacy-land-use",
    "open-line",
    "overlap-sliver",
    "repaired",
    "wrong-geometry-type",
}


def is_serious(code: str, severity: str) -> bool:
    """A warning that must be looked at; errors are refused anyway."""
    return severity == "warning" and code in SERIOUS


def text_of(code: str) -> IssueText:
    """The words for a code; a code without words gets the general line."""
    return ISSUE_TEXTS.get(code, ISSUE_TEXTS["bad-value"])
