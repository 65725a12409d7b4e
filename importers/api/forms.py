"""What a program says about the file that it sends."""

import json

from django import forms
from django.utils.translation import gettext_lazy

from importers.api.models import CHECK, STAGE
from importers.crs_choice import parse_choice
from importers.fixed_values import BadFixedValue, parse_values
from layers.errors import UnknownCrs
from layers.models import Layer

_LEVELS = gettext_lazy("levels phải là một đối tượng JSON.")


class ImportForm(forms.Form):
    """Fields of `POST /api/imports`. Nothing is published by it: approval is a person's."""

    layer = forms.ModelChoiceField(Layer.objects.all(), to_field_name="slug")
    file = forms.FileField(max_length=255)
    mode = forms.ChoiceField(choices=[(CHECK, CHECK), (STAGE, STAGE)], required=False)
    data_date = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    decision_no = forms.CharField(max_length=120, required=False)
    source_org = forms.CharField(max_length=200, required=False)
    illustrative = forms.BooleanField(required=False)
    crs = forms.CharField(max_length=80, required=False)
    sheet = forms.CharField(max_length=200, required=False)
    checks = forms.MultipleChoiceField(choices=[("gaps", "gaps")], required=False)
    levels = forms.CharField(max_length=4000, required=False)
    values = forms.CharField(max_length=4000, required=False)

    def clean_crs(self) -> str:
        """A system as `importers.crs_choice` writes it; empty for the file's own."""
        text = str(self.cleaned_data["crs"]).strip()
        try:
            return str(parse_choice(text)) if text else ""
        except UnknownCrs as error:
            raise forms.ValidationError(str(error.hint)) from error

    def clean_values(self) -> dict[str, str]:
        """Field → value for rows that say nothing, one a line: `field = value`."""
        try:
            return parse_values(str(self.cleaned_data["values"]).splitlines())
        except BadFixedValue as error:
            raise forms.ValidationError(f"{error.detail} {error.hint}") from error

    def clean_levels(self) -> dict[str, list[str]] | None:
        """A JSON object: role → names of levels; None for the usual ones."""
        text = self.cleaned_data["levels"]
        if not text:
            return None
        try:
            found = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(_LEVELS) from error
        if not isinstance(found, dict):
            raise forms.ValidationError(_LEVELS)
        return {_plain(role): [_plain(name) for name in _listed(found[role])] for role in found}


def _listed(names: object) -> list[object]:
    return names if isinstance(names, list) else [names]


def _plain(name: object) -> str:
    """A name or number that the database can store: no NUL, no half of a surrogate pair."""
    text = str(name) if isinstance(name, str | int) else ""
    if not text or "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise forms.ValidationError(_LEVELS)
    return text
