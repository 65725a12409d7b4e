"""What a steward fills in to send a file, and to decide about a version."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from importers.candidates import usual_systems
from importers.fixed_values import BadFixedValue, parse_values
from importers.upload_handler import most_bytes
from layers.definition import SLUG
from layers.imagery import FEEDS
from layers.models import Layer

# Names of the Request's levels → what a surveyor calls them.
LEVEL_ROLES = {
    "boundary": gettext_lazy("Đường ranh giới"),
    "parcel_no": gettext_lazy("Số thửa"),
    "land_use": gettext_lazy("Loại đất"),
    "area": gettext_lazy("Diện tích"),
    "label": gettext_lazy("Nhãn thửa"),
    "lines": gettext_lazy("Đường cần nạp"),
    "points": gettext_lazy("Điểm cần nạp"),
}
CHECK_ONLY, TO_APPROVE = "check", "stage"


def parsed_values(text: str) -> dict[str, str]:
    """`field = value` lines, as a form's field understands them. Raises ValidationError."""
    try:
        return parse_values(text.splitlines())
    except BadFixedValue as error:
        raise forms.ValidationError(f"{error.detail} {error.hint}") from error


def crs_choices() -> list[tuple[str, str]]:
    """The file's own system first, then those of the province, then every zone."""
    known = [(crs.code, f"{crs.title} ({crs.code})") for crs in usual_systems()]
    return [("", _("Theo tệp (nên chọn khi tệp có ghi)")), *known]


def _is_imagery(slug: str) -> bool:
    layer = Layer.objects.filter(slug=slug).first() if SLUG.fullmatch(slug) else None
    return layer is not None and layer.parsed.feeds == FEEDS


class LayerChoice(forms.ModelChoiceField[Layer]):
    """A layer by its title in the reader's language."""

    def label_from_instance(self, obj: Layer) -> str:
        return obj.title(str(get_language()))


class UploadForm(forms.Form):
    """A file, its layer, and the steward's words about both."""

    layer = LayerChoice(
        Layer.objects.none(),
        to_field_name="slug",
        label=gettext_lazy("Nạp vào lớp nào"),
        empty_label=gettext_lazy("Chọn lớp…"),
    )
    file = forms.FileField(label=gettext_lazy("Tệp của đơn vị đo vẽ"), max_length=255)
    data_date = forms.DateField(
        label=gettext_lazy("Ngày dữ liệu"),
        help_text=gettext_lazy("Số liệu đúng đến ngày nào; với ảnh là ngày chụp."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    decision_no = forms.CharField(
        label=gettext_lazy("Số quyết định"),
        help_text=gettext_lazy(
            "Ví dụ 12/QĐ-UBND. Lớp thửa đất nên có; để trống thì người duyệt được nhắc."
        ),
        max_length=120,
        required=False,
    )
    source_org = forms.CharField(
        label=gettext_lazy("Đơn vị cung cấp"),
        help_text=gettext_lazy("Cơ quan hoặc công ty đo vẽ chịu trách nhiệm về tệp."),
        max_length=200,
        required=False,
    )
    illustrative = forms.BooleanField(
        label=gettext_lazy("Đây là dữ liệu minh họa, không phải số liệu thật"), required=False
    )
    crs = forms.ChoiceField(
        label=gettext_lazy("Hệ tọa độ"),
        help_text=gettext_lazy(
            "Chỉ chọn khi biết chắc. Nếu tệp không ghi, cổng sẽ cho xem từng cách đọc trên bản đồ."
        ),
        required=False,
    )
    sheet = forms.CharField(
        label=gettext_lazy("Tên lớp hoặc trang tính trong tệp"),
        help_text=gettext_lazy("Chỉ cần khi tệp có nhiều lớp hoặc nhiều trang."),
        max_length=200,
        required=False,
    )
    values = forms.CharField(
        label=gettext_lazy("Giá trị dùng chung cho cả tệp"),
        help_text=gettext_lazy(
            "Cho trường mà tệp để trống hoặc không có cột, mỗi dòng một trường. "
            "Ví dụ: Tình trạng = Đang quản lý."
        ),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    gaps = forms.BooleanField(
        label=gettext_lazy("Tìm cả khe hở giữa các thửa"),
        help_text=gettext_lazy("Lâu hơn. Chồng lấn thì luôn được kiểm tra."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["layer"]
        if isinstance(field, LayerChoice):
            field.queryset = Layer.objects.select_related("sector").order_by(
                "sector__position", "position", "slug"
            )
        if self.is_bound and _is_imagery(str(self.data.get("layer", ""))):
            # A picture may say itself when it was taken; that is then offered.
            self.fields["data_date"].required = False
        crs = self.fields["crs"]
        if isinstance(crs, forms.ChoiceField):
            crs.choices = crs_choices()
        for name, label in LEVEL_ROLES.items():
            self.fields[f"level_{name}"] = forms.CharField(
                label=label, max_length=200, required=False
            )
        self._describe()

    def _describe(self) -> None:
        """Tie every field to its help and its errors, for those who hear the page."""
        for name, field in self.fields.items():
            told = [f"help-{name}"] if field.help_text else []
            if name in self.errors if self.is_bound else False:
                told.append(f"error-{name}")
                field.widget.attrs["aria-invalid"] = "true"
            if told:
                field.widget.attrs["aria-describedby"] = " ".join(told)

    @property
    def level_fields(self) -> list[forms.BoundField]:
        """The boxes for levels of a drawing."""
        return [self[f"level_{name}"] for name in LEVEL_ROLES]

    def clean_file(self) -> UploadedFile[Any]:
        """Within the size that the server takes."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        most = most_bytes()
        if file.size is None or file.size > most:
            raise forms.ValidationError(
                _("Tệp lớn hơn %(most)s MB. Chia thành nhiều tệp, hoặc nhờ quản trị nạp."),
                params={"most": most // 2**20},
                code="file-too-large",
            )
        return file

    def clean_values(self) -> dict[str, str]:
        """Field → value, one a line."""
        return parsed_values(str(self.cleaned_data["values"]))

    def levels(self) -> dict[str, list[str]] | None:
        """Levels that were named: role → names or numbers; None for the usual ones."""
        found = {}
        for name in LEVEL_ROLES:
            words = str(self.cleaned_data.get(f"level_{name}", "")).replace(";", ",").split(",")
            named = [word.strip() for word in words if word.strip()]
            if named:
                found[name] = named
        return found or None
