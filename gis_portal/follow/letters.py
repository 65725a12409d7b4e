"""What mails say: plain text, in the language that was chosen when the follow was asked for."""

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gis_portal.auctions.lots import Lot, lots
from gis_portal.auctions.places import place_coded
from gis_portal.follow.addresses import address_of
from gis_portal.follow.changes import by_uid
from gis_portal.follow.links import absolute, confirm_link, stop_link
from gis_portal.follow.models import CIRCLE, LOT, Follow, Mail
from gis_portal.follow.narrowing import Circle, circle_words
from gis_portal.follow.words import Told, named, told, unit_names
from layers.errors import LayerNotPublished, UnknownLayer

MOST_TOLD = 50


def letter(mail: Mail) -> EmailMessage | None:
    """The mail; None when nobody is to get it any more, or nothing of it is public."""
    if mail.confirms is not None:
        return _asking(mail, mail.confirms)
    tellings = list(mail.tellings.select_related("follow", "change").order_by("change__at"))
    if not tellings:
        return None
    follows = {telling.follow_id: telling.follow for telling in tellings}
    first = tellings[-1].follow
    with translation.override(first.language):
        public = public_lots()
        changes = {telling.change_id: telling.change for telling in tellings}
        found = told(changes.values(), public.values())
        address = address_of(first.pk) if found else None
        if address is None:
            return None
        body = _digest(found, follows.values(), mail.reader, public)
        return _message(mail, address, _subject(found), body, stop_link(mail.reader))


def public_lots() -> dict[UUID, Lot]:
    """What everybody may see now."""
    try:
        return by_uid(lots(user=None))
    except (LayerNotPublished, UnknownLayer):
        return {}


def _asking(mail: Mail, follow: Follow) -> EmailMessage | None:
    address = address_of(follow.pk) if follow.confirmed_at is None else None
    if address is None:
        return None
    with translation.override(follow.language):
        body = "\n\n".join(
            [
                _("Có người, có lẽ là bạn, muốn nhận tin về: %(what)s.")
                % {"what": follow_words(follow, public_lots())},
                _("Nếu đúng là bạn, mở đường dẫn này rồi bấm nút trên trang:"),
                confirm_link(follow.pk),
                ngettext(
                    "Đường dẫn dùng được trong %(n)s giờ. Nếu không phải bạn thì không cần làm "
                    "gì: địa chỉ này sẽ bị xóa khỏi cổng.",
                    "Đường dẫn dùng được trong %(n)s giờ. Nếu không phải bạn thì không cần làm "
                    "gì: địa chỉ này sẽ bị xóa khỏi cổng.",
                    settings.PORTAL_FOLLOW_CONFIRM_HOURS,
                )
                % {"n": settings.PORTAL_FOLLOW_CONFIRM_HOURS},
                _("Không muốn bị hỏi lại:") + "\n" + stop_link(mail.reader, follow.pk),
                _portal(),
            ]
        )
        subject = _("Xác nhận theo dõi lô đấu giá")
        return _message(mail, address, subject, body, stop_link(mail.reader, follow.pk))


def follow_words(follow: Follow, public: dict[UUID, Lot]) -> str:
    """What is followed, as people call it."""
    if follow.kind == LOT:
        lot = public.get(follow.uid) if follow.uid else None
        return named(lot, unit_names([lot])) if lot else _("Một lô đấu giá")
    if follow.kind == CIRCLE:
        circle = Circle(follow.lon or 0, follow.lat or 0, follow.radius or 0)
        return _("Các lô %(where)s") % {"where": circle_words(circle)}
    place = place_coded(follow.unit_code)
    return _("Các lô ở %(where)s") % {"where": place.words or follow.unit_code}


def _subject(found: list[Told]) -> str:
    if len(found) == 1:
        return found[0].title
    return ngettext("%(n)s tin về lô đấu giá", "%(n)s tin về lô đấu giá", len(found)) % {
        "n": len(found)
    }


def _digest(
    found: list[Told], follows: Iterable[Follow], reader: str, public: dict[UUID, Lot]
) -> str:
    lines = []
    for each in found[-MOST_TOLD:]:
        page = absolute(reverse("lot", args=[each.change.uid]))
        lines += [f"* {each.title}", f"  {each.summary}", f"  {page}", ""]
    if len(found) > MOST_TOLD:
        lines += [_("Và %(n)s tin khác:") % {"n": len(found) - MOST_TOLD}]
        lines += [absolute(reverse("auctions")), ""]
    lines += ["-- ", _("Bạn nhận thư này vì theo dõi:")]
    for follow in follows:
        lines += [f"- {follow_words(follow, public)}. " + _("Thôi theo dõi:")]
        lines += [f"  {stop_link(reader, follow.pk)}"]
    lines += ["", _("Thôi nhận mọi thư:"), stop_link(reader), "", _portal()]
    return "\n".join(lines)


def _portal() -> str:
    english = translation.get_language() == "en"
    name = settings.PORTAL_NAME_EN if english else settings.PORTAL_NAME_VI
    return f"{name}\n{absolute('/')}"


def _message(mail: Mail, address: str, subject: str, body: str, stop: str) -> EmailMessage:
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ") or "localhost"
    return EmailMessage(
        # What files hold may break a line; a subject may not.
        subject=" ".join(subject.split()),
        body=body,
        to=[address],
        headers={
            # The same however often it is sent: mailboxes drop the second.
            "Message-ID": f"<{mail.pk}@{host}>",
            # RFC 8058: the mail program's own button.
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
