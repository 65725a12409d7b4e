"""What a citizen fills in: words beside every box, and nothing asked that is not needed."""

from typing import Any

from django import forms
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_portal.reports.categories import CATEGORIES, DATA, GROUPS
from gis_portal.reports.contacts import Contact
from gis_portal.reports.models import LONGEST_TEXT
from gis_portal.reports.places import Subject, UnreadablePlace, typed_place

SHORTEST_TEXT = 10


class PhotosInput(forms.FileInput):
    """Several files in one box."""

    allow_multiple_selected = True


class PhotosField(forms.Field):
    """The files that were chosen, as they came."""

    widget = PhotosInput

    def clean(self, value: Any) -> list[UploadedFile[bytes]]:
        """Looked at by `photos.make_photos`, not here."""
        return list(value or [])


class ReportForm(forms.Form):
    """One report."""

    category = forms.ChoiceField(
        label=gettext_lazy("Bạn muốn báo việc gì?"),
        choices=list(CATEGORIES.items()),
        error_messages={"required": gettext_lazy("Chọn một việc trong danh sách.")},
    )
    text = forms.CharField(
        label=gettext_lazy("Chuyện thế nào?"),
        help_text=gettext_lazy(
            "Viết vài câu: thấy gì, từ bao giờ, đúng ra phải thế nào. "
            "Không ghi tên hay số điện thoại của ai ở đây."
        ),
        error_messages={"required": gettext_lazy("Viết vài câu về chuyện bạn thấy.")},
        min_length=SHORTEST_TEXT,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    position = forms.CharField(
        label=gettext_lazy("Tọa độ"),
        help_text=gettext_lazy(
            "Vĩ độ, kinh độ như 10.346, 107.084; hoặc VN-2000 X (Bắc), Y (Đông) như "
            "X 1144200 Y 426902, KTT 107°45′."
        ),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    place = forms.CharField(
        label=gettext_lazy("Chỗ đó ở đâu, nói bằng lời"),
        help_text=gettext_lazy("Ví dụ: trước số 12 đường Trần Phú, phường Vũng Tàu."),
        max_length=200,
        required=False,
    )
    photos = PhotosField(
        label=gettext_lazy("Ảnh chụp"),
        help_text=gettext_lazy(
            "Nhiều nhất ba ảnh JPEG, PNG hay WebP, mỗi ảnh đến 12 MB. Nơi chụp và máy chụp ghi "
            "trong ảnh được xóa khi nhận."
        ),
        required=False,
        widget=PhotosInput(attrs={"accept": "image/jpeg,image/png,image/webp", "multiple": True}),
    )
    name = forms.CharField(
        label=gettext_lazy("Tên bạn"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.RegexField(
        r"^[0-9+ ().-]{6,30}$",
        label=gettext_lazy("Điện thoại"),
        error_messages={"invalid": gettext_lazy("Viết số điện thoại, ví dụ 0912 345 678.")},
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=200,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    # People do not see this box; programs that fill in every box do.
    website = forms.CharField(required=False, max_length=200)

    groups = GROUPS

    def __init__(self, *args: Any, subject: Subject | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._subject = subject
        for name, field in self.fields.items():
            attributes = field.widget.attrs
            described = [f"help-{name}"] if field.help_text else []
            if self.is_bound and name in self.errors:
                attributes["aria-invalid"] = "true"
                described.append(f"error-{name}")
            if described:
                attributes["aria-describedby"] = " ".join(described)

    def clean_website(self) -> str:
        """Filled in by a program, or by a browser that fills in too much: say it, throw nothing
        away.
        """
        if self.cleaned_data["website"]:
            raise ValidationError(_("Để trống ô này rồi gửi lại."))
        return ""

    def clean_position(self) -> Point | None:
        """The place in WGS 84, or None when nothing was typed."""
        text = self.cleaned_data["position"].strip()
        if not text:
            return None
        try:
            return typed_place(text)
        except UnreadablePlace as error:
            raise ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        """Somewhere it must be: an object, a position, or words. A whole layer may be wrong in
        its data, but nothing lies on the ground of a layer.
        """
        found = super().clean() or {}
        about = self._subject
        if about and (about.point or found.get("category") in DATA):
            return found
        if "position" in self.errors or "place" in self.errors:
            return found
        if not (found.get("position") or found.get("place")):
            self.add_error("position", _("Cho biết chỗ đó ở đâu: bằng tọa độ hoặc bằng lời."))
        return found

    @property
    def contact(self) -> Contact:
        """What was left of how to be reached."""
        given = self.cleaned_data
        return Contact(given["name"], given["phone"], given["email"])
