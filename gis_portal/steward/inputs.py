"""What a person's browser may send to the buttons of the steward's pages, before anything reads it.

Forms check their own boxes; this is for the words beside the buttons.
"""

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from layers.errors import PortalError

# As much as the longest box takes.
MOST_CHARACTERS = 4000


class BadText(PortalError):
    """A box holds a character that cannot be stored, or far too many."""

    code, status = "bad-text", 400
    title = _("Ô chữ có nội dung không dùng được")
    hint = _("Xóa ô đó và gõ lại, không quá 4.000 ký tự.")


def check_text(said: QueryDict) -> None:
    """Raises BadText, which names the box. The database stores no NUL."""
    for name, values in said.lists():
        for text in (name, *values):
            if "\x00" in text or len(text) > MOST_CHARACTERS:
                raise BadText(name[:40].replace("\x00", ""))
