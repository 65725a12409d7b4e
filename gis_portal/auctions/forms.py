"""What a steward fills in about a lot: the next step, or what stands in place of an earlier one."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from gis_portal.auctions.amounts import parse_amount
from gis_portal.auctions.documents import Checked, checked
from gis_portal.auctions.entering import PRICED, Wish
from gis_portal.auctions.errors import DocumentRefused
from gis_portal.auctions.models import LONGEST_NOTE
from gis_portal.auctions.stages import DATES, Stage
from layers.values import BadValue

# Only dates: no stage; and, of a correction, the entry as if it had never been.
TIMETABLE, TAKE_BACK = "timetable", "take-back"
_FORMATS = ["%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M", "%d/%m/%Y"]
# A dossier is no sum of money that a lot could fetch.
_MOST = 10**15


class EntryForm(forms.Form):
    """One step with the document behind it."""

    what = forms.ChoiceField(label=gettext_lazy("Việc gì đã xảy ra"))
    document = forms.CharField(
        label=gettext_lazy("Số quyết định, thông báo"),
        help_text=gettext_lazy("Ví dụ 125/QĐ-UBND, 88/TB-TTĐG, biên bản phiên ngày 05/07/2027."),
        max_length=120,
    )
    happened_on = forms.DateField(
        label=gettext_lazy("Ngày của văn bản"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
    )
    reg_start = forms.DateTimeField(label=gettext_lazy("Bắt đầu nhận hồ sơ"), required=False)
    reg_end = forms.DateTimeField(
        label=gettext_lazy("Hết hạn nhận hồ sơ"),
        help_text=gettext_lazy("00:00 được hiểu là đến hết ngày đó."),
        required=False,
    )
    auction_time = forms.DateTimeField(label=gettext_lazy("Thời gian đấu giá"), required=False)
    winning_price = forms.CharField(
        label=gettext_lazy("Giá trúng"),
        help_text=gettext_lazy("Chỉ khi có người trúng, ví dụ 3,2 tỷ."),
        max_length=40,
        required=False,
    )
    link = forms.URLField(
        label=gettext_lazy("Địa chỉ của văn bản"),
        help_text=gettext_lazy(
            "Nếu văn bản đã đăng trên trang khác, ví dụ https://dgts.moj.gov.vn/…"
        ),
        max_length=500,
        required=False,
        assume_scheme="https",
        validators=[URLValidator(schemes=["https", "http"])],
    )
    file = forms.FileField(
        label=gettext_lazy("Tệp văn bản"),
        help_text=gettext_lazy(
            "PDF, JPEG hoặc PNG. Ai cũng tải được: không gửi tệp có tên người đăng ký, "
            "số giấy tờ, số điện thoại của cá nhân."
        ),
        max_length=255,
        required=False,
        allow_empty_file=True,
    )
    note = forms.CharField(
        label=gettext_lazy("Ghi chú công bố"),
        help_text=gettext_lazy("Ví dụ lý do không thành, tạm dừng. Không ghi tên cá nhân."),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    last = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(
        self, *args: Any, stages: Sequence[Stage], others: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        language = str(get_language())
        what = self.fields["what"]
        assert isinstance(what, forms.ChoiceField)
        offered = [(stage.value, stage.label(language)) for stage in stages]
        what.choices = [("", _("Chọn…")), *offered, *others]
        for name in DATES:
            field = self.fields[name]
            assert isinstance(field, forms.DateTimeField)
            field.input_formats = _FORMATS
            field.widget = forms.DateTimeInput(
                attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
            )
        self._describe()

    def _describe(self) -> None:
        """Tie every field to its help and its errors, for those who hear the page."""
        for name, field in self.fields.items():
            told = [f"help-{name}"] if field.help_text else []
            if self.is_bound and name in self.errors:
                told.append(f"error-{name}")
                field.widget.attrs["aria-invalid"] = "true"
            if told:
                field.widget.attrs["aria-describedby"] = " ".join(told)

    def clean_happened_on(self) -> dt.date:
        """No document is of tomorrow."""
        day: dt.date = self.cleaned_data["happened_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("Ngày này còn ở phía trước."))
        return day

    def clean_winning_price(self) -> int | None:
        """As people write sums; whole đồng."""
        text = str(self.cleaned_data["winning_price"]).strip()
        if not text:
            return None
        try:
            amount = round(parse_amount(text))
        except (BadValue, OverflowError, ValueError) as error:
            words = _("Viết số tiền, ví dụ 500 triệu hoặc 2 tỷ.")
            raise forms.ValidationError(words) from error
        if not 0 < amount < _MOST:
            raise forms.ValidationError(_("Số tiền này không hợp lý."))
        return amount

    def clean_file(self) -> Checked | None:
        """By its content."""
        file: UploadedFile[bytes] | None = self.cleaned_data.get("file")
        if not file:
            return None
        try:
            return checked(file)
        except DocumentRefused as error:
            raise forms.ValidationError(f"{error.detail} {error.hint}") from error

    def clean(self) -> dict[str, Any]:
        """Dates in their order; a price only with a result; dates where only they are entered."""
        said = super().clean() or self.cleaned_data
        dates = [said[name] for name in DATES if said.get(name)]
        if dates != sorted(dates):
            self.add_error("reg_end", _("Các ngày phải theo thứ tự: bắt đầu, hết hạn, đấu giá."))
        what = said.get("what", "")
        if what == TIMETABLE and not dates:
            self.add_error("reg_end", _("Ghi ít nhất một ngày giờ mới."))
        if said.get("winning_price") and what not in PRICED:
            self.add_error("winning_price", _("Giai đoạn này chưa có giá trúng."))
        return said

    def wish(self) -> Wish:
        """What was filled in, of a valid form."""
        said = self.cleaned_data
        what = said["what"]
        return Wish(
            stage="" if what in (TIMETABLE, TAKE_BACK) else what,
            happened_on=said["happened_on"],
            document=said["document"],
            note=said["note"],
            dates={name: said[name] for name in DATES},
            winning_price=said["winning_price"],
            link=said["link"],
            file=said["file"],
        )
