"""The form in which a planner declares a layer: the layer itself and a row for each field.

The rows together become the definition (`catalogue.definition_from_rows`), checked by the same
parser as the shipped TOML files; its problems stand above the rows. `admin.py` shows the form.
"""

from typing import Any

from django import forms
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext_lazy as _

from layers.catalogue import definition_from_rows
from layers.definition import COLOUR, parse_definition
from layers.errors import DefinitionError
from layers.fieldtypes import TYPES
from layers.models import Layer, LayerField
from layers.type_words import GEOMETRY_WORDS, TYPE_WORDS

DEFAULT_COLOUR = "#2f6f8f"
# What stored values were read by: fixed once there are some.
FIXED = {"name": _("tên trường"), "type": _("kiểu"), "is_key": _("là khóa")}


class LayerForm(forms.ModelForm[Layer]):
    """The layer itself, with the two style settings that a planner needs."""

    colour = forms.CharField(
        label=_("Màu"),
        initial=DEFAULT_COLOUR,
        required=False,
        widget=forms.TextInput(attrs={"type": "color"}),
    )
    colour_by = forms.CharField(
        label=_("Tô màu theo trường"),
        required=False,
        help_text=_("Tên một trường kiểu choice hoặc land_use; để trống nếu tô một màu."),
    )

    geometry_kind = forms.ChoiceField(
        label=_("Kiểu hình"), choices=list(GEOMETRY_WORDS.items()), initial="polygon"
    )
    in_province = forms.BooleanField(
        label=_("Dữ liệu nằm trong tỉnh"),
        initial=True,
        required=False,
        help_text=_("Khi nạp tệp, số liệu rơi ra ngoài tỉnh bị từ chối và được giải thích."),
    )

    class Meta:
        model = Layer
        fields = (
            "title_vi",
            "title_en",
            "slug",
            "sector",
            "geometry_kind",
            "visibility",
            "is_home",
            "position",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What the stored data were loaded under, before this form changes it.
        self.former = self.instance.definition
        style = self.instance.definition.get("style", {})
        self.fields["colour"].initial = style.get("color", DEFAULT_COLOUR)
        self.fields["colour_by"].initial = style.get("by", "")
        extent = self.instance.definition.get("extent", "province")
        self.fields["in_province"].initial = extent == "province"

    def clean_colour(self) -> str:
        """#rrggbb."""
        colour = str(self.cleaned_data["colour"] or DEFAULT_COLOUR)
        if not COLOUR.match(colour):
            raise forms.ValidationError(_("Màu viết dạng #rrggbb."))
        return colour

    def clean(self) -> dict[str, Any] | None:
        """Carry the style settings into the definition, where the rows will join them."""
        cleaned = super().clean()
        style = {
            **self.instance.definition.get("style", {}),
            "color": self.cleaned_data.get("colour") or DEFAULT_COLOUR,
            "by": self.cleaned_data.get("colour_by", ""),
        }
        extent = "province" if self.cleaned_data.get("in_province") else "any"
        self.instance.definition = {**self.instance.definition, "style": style, "extent": extent}
        return cleaned

    def _post_clean(self) -> None:
        """The stored definition is rebuilt from the rows: the old one must not refuse the new
        form.
        """
        kept, self.instance.definition = self.instance.definition, {}
        super()._post_clean()  # type: ignore[misc]
        self.instance.definition = kept


class LayerFieldFormSet(BaseInlineFormSet[LayerField, Layer, forms.ModelForm[LayerField]]):
    """The rows together must amount to a definition that the parser accepts."""

    def clean(self) -> None:
        """Show every problem of the definition above the rows."""
        super().clean()
        if any(self.errors) or not self.instance.sector_id:
            return
        kept = [f for f in self.forms if f.has_changed() or f.instance.pk]
        if self.instance.pk and self.instance.versions.exists():
            self._keep_what_data_were_read_by(kept)
        rows = [f.instance for f in kept if not f.cleaned_data.get("DELETE")]
        rows.sort(key=lambda row: row.position)
        try:
            self.instance.definition = definition_from_rows(self.instance, rows)
            parse_definition(self.instance.definition)
        except DefinitionError as error:
            raise forms.ValidationError(error.problems) from error

    def _keep_what_data_were_read_by(self, kept: list[forms.ModelForm[LayerField]]) -> None:
        """Stored values keep the name, type and key that they came in under."""
        problems = []
        for form in (f for f in kept if f.instance.pk):
            name = form.initial.get("name")
            if form.cleaned_data.get("DELETE") and form.initial.get("is_key"):
                problems.append(_("Trường “%s” là khóa của dữ liệu đã nạp: không xóa được.") % name)
            for changed in sorted(set(form.changed_data) & set(FIXED)):
                text = _("Trường “%(name)s”: đã có dữ liệu nên không đổi được %(what)s.")
                problems.append(text % {"name": name, "what": FIXED[changed]})
        if problems:
            raise forms.ValidationError([str(problem) for problem in problems])


class LayerFieldForm(forms.ModelForm[LayerField]):
    """One field row."""

    type = forms.ChoiceField(
        label=_("Kiểu"),
        choices=[(name, f"{TYPE_WORDS[name]} ({name})") for name in TYPES],
    )

    class Meta:
        model = LayerField
        fields = "__all__"  # noqa: DJ007 - every column of the row is the planner's
        help_texts = {
            "aliases": _("Cách nhau bằng dấu phẩy."),
            "choices": _("Mỗi dòng một giá trị: giá_trị = nhãn = #màu (có thể bỏ màu)."),
        }
        widgets = {"choices": forms.Textarea(attrs={"rows": 2, "cols": 24})}
