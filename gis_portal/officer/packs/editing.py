"""`/officer/desk/handbook/`: the handbook as a page, and its pages edited by stewards.

What somebody saves goes to the devices with the next pack. A page that was changed by somebody else
since the form was opened is not overwritten: the form comes again with what was typed.
"""

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gis_portal.errors import PageNotFound
from gis_portal.officer.jurisdiction import is_officer, may_supervise
from gis_portal.officer.packs.handbook.lists import laws
from gis_portal.officer.packs.handbook.markdown import as_page
from gis_portal.officer.packs.handbook.pages import (
    LAND,
    LAW,
    PROCEDURE,
    Page,
    all_pages,
    history,
    shipped,
)
from gis_portal.officer.packs.models import HandbookPage
from gis_portal.steward.access import only
from layers.landuse import land_uses
from layers.values import fold

SECTION_WORDS = {
    PROCEDURE: gettext_lazy("Quy trình"),
    LAND: gettext_lazy("Thửa đất và hồ sơ"),
    LAW: gettext_lazy("Văn bản"),
}
LONGEST = 40_000
LOCK = 7072


class PageForm(forms.Form):
    """A page of the handbook; `newest` is the row that the form was opened on."""

    title_vi = forms.CharField(label=gettext_lazy("Tên trang"), max_length=160)
    body_vi = forms.CharField(
        label=gettext_lazy("Nội dung trang"),
        help_text=gettext_lazy(
            "Markdown: ## đề mục, - gạch đầu dòng, 1. thứ tự, **đậm**, | bảng |. Mã HTML hiện "
            "nguyên như chữ."
        ),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 22}),
    )
    title_en = forms.CharField(
        label=gettext_lazy("Tên trang bằng tiếng Anh"), max_length=160, required=False
    )
    body_en = forms.CharField(
        label=gettext_lazy("Nội dung bằng tiếng Anh"),
        help_text=gettext_lazy("Để trống thì hiện bản tiếng Việt."),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 12}),
    )
    section = forms.ChoiceField(
        label=gettext_lazy("Phần của sổ tay"), choices=list(SECTION_WORDS.items())
    )
    position = forms.IntegerField(
        label=gettext_lazy("Thứ tự trong phần"), min_value=0, max_value=1000, initial=100
    )
    newest = forms.IntegerField(widget=forms.HiddenInput, required=False)


@never_cache
@require_safe
@only(is_officer)
def handbook(request: HttpRequest) -> HttpResponse:
    """All pages by section."""
    may_edit = may_supervise(request.user)
    pages = all_pages(hidden=may_edit)
    language = str(get_language())
    context = {
        "sections": [
            (words, [(p, p.title(language)) for p in pages if p.section == section])
            for section, words in SECTION_WORDS.items()
        ],
        "may_edit": may_edit,
    }
    return render(request, "packs/handbook.html", context)


@never_cache
@require_safe
@only(is_officer)
def handbook_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One page; the lists to look things up in stand below theirs."""
    may_edit, language = may_supervise(request.user), str(get_language())
    page = _page(slug, hidden=may_edit)
    asked = request.GET.get("q", "")[:60]
    context = {
        "page": page,
        "title": page.title(language),
        "text": as_page(page.body(language)),
        "may_edit": may_edit,
        "history": history(slug) if may_edit else [],
        "q": asked,
        "codes": _codes(asked, language) if slug == "land-codes" else None,
        "laws": _laws(asked, language) if slug == "legal-texts" else None,
    }
    return render(request, "packs/handbook_page.html", context)


def _page(slug: str, *, hidden: bool) -> Page:
    """Raises PageNotFound."""
    found = next((page for page in all_pages(hidden=hidden) if page.slug == slug), None)
    if found is None:
        raise PageNotFound
    return found


def _codes(asked: str, language: str) -> list[dict[str, Any]]:
    wanted = fold(asked)
    return [
        {
            "use": use,
            "name": use.name(language),
            "now": ", ".join(use.successors),
            "is_sure": use.colour_confidence in ("high", "medium") or not use.colour,
        }
        for use in land_uses()
        if wanted in fold(f"{use.code} {use.name_vi} {use.name_en}")
    ]


def _laws(asked: str, language: str) -> list[dict[str, str]]:
    wanted = fold(asked)
    return [
        {"number": law["number"], "title": law["title"][language], "note": law["note"][language]}
        for law in laws()
        if wanted in fold(f"{law['number']} {law['title']['vi']} {law['title']['en']}")
    ]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@only(may_supervise)
def edit_page(request: HttpRequest, slug: str = "") -> HttpResponseBase:
    """The form of a page, or of a new one; POST `preview`, `save`, `hide`, `show`, `shipped`."""
    page = _page(slug, hidden=True) if slug else None
    if request.method != "POST":
        return _form(request, page, PageForm(initial=_initial(page)))
    form, what = PageForm(request.POST), request.POST.get("what", "save")
    if page is not None and what in ("hide", "show", "shipped"):
        _write(request, page, {}, what)
        messages.success(request, _("Đã lưu. Máy của cán bộ nhận bản mới ở lần cập nhật sau."))
        return redirect("officer-desk-handbook")
    if not form.is_valid() or what == "preview":
        return _form(request, page, form, preview=what == "preview" and form.is_valid())
    made = _saved(request, page, form)
    if made is None:
        form.add_error(
            None,
            _("Người khác vừa sửa trang này. Xem bản của họ ở lịch sử rồi lưu lại nếu cần."),
        )
        return _form(request, page, form)
    messages.success(request, _("Đã lưu. Máy của cán bộ nhận bản mới ở lần cập nhật sau."))
    return redirect("officer-desk-handbook-page", made)


def _saved(request: HttpRequest, page: Page | None, form: PageForm) -> str | None:
    """The slug of the page that was written; None when somebody else was quicker."""
    said = dict(form.cleaned_data)
    opened_on = said.pop("newest")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [LOCK])
        slug = page.slug if page is not None else _new_slug(said["title_vi"])
        if page is not None and _newest(slug) != opened_on:
            return None
        _write(request, page, {"slug": slug, **said}, "save")
    return slug


def _write(request: HttpRequest, page: Page | None, said: dict[str, Any], what: str) -> None:
    kept = {} if page is None else {
        name: getattr(page, name)
        for name in ("slug", "section", "position", "title_vi", "title_en", "body_vi", "body_en")
    }  # fmt: skip
    hidden = what == "hide" or (what == "save" and page is not None and page.is_hidden)
    HandbookPage.objects.create(
        **{**kept, **said, "is_hidden": hidden, "is_shipped": what == "shipped", "by": request.user}
    )


def _newest(slug: str) -> int | None:
    return (
        HandbookPage.objects.filter(slug=slug).values_list("pk", flat=True).order_by("-pk").first()
    )


def _new_slug(title: str) -> str:
    """From the title, told apart from every page there ever was."""
    stem = re.sub(r"[^a-z0-9]+", "-", fold(title)).strip("-")[:50] or "trang"
    taken = {*shipped(), "new", *HandbookPage.objects.values_list("slug", flat=True)}
    names = (stem if number == 1 else f"{stem}-{number}" for number in range(1, 10_000))
    return next(name for name in names if name not in taken)


def _initial(page: Page | None) -> dict[str, Any]:
    if page is None:
        return {"section": PROCEDURE}
    names = ("title_vi", "title_en", "body_vi", "body_en", "section", "position")
    return {**{name: getattr(page, name) for name in names}, "newest": _newest(page.slug)}


def _form(
    request: HttpRequest, page: Page | None, form: PageForm, *, preview: bool = False
) -> HttpResponse:
    context = {
        "page": page,
        "form": form,
        "title": page.title(str(get_language())) if page else _("Trang mới"),
        "preview": as_page(form.cleaned_data["body_vi"]) if preview else None,
        "may_go_back": page is not None and page.is_shipped and page.changed_at is not None,
    }
    return render(request, "packs/handbook_edit.html", context)
