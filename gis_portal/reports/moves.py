"""The life of a report as data: its states, and which may follow which.

Staff move it, one step at a time; nothing else does. A report that is confirmed is still open: the
mistake stands, or the rubbish lies there, until it is answered.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NEW, CHECKING, CONFIRMED, REJECTED, ANSWERED = (
    "new",
    "checking",
    "confirmed",
    "rejected",
    "answered",
)
STATES: dict[str, str | Promise] = {
    NEW: _("mới nhận"),
    CHECKING: _("đang kiểm tra"),
    CONFIRMED: _("đúng như phản ánh, đang xử lý"),
    REJECTED: _("không xử lý"),
    ANSWERED: _("đã trả lời"),
}
MOVES: dict[str, tuple[str, ...]] = {
    NEW: (CHECKING,),
    CHECKING: (CONFIRMED, ANSWERED, REJECTED),
    CONFIRMED: (ANSWERED, CHECKING),
    REJECTED: (CHECKING,),
    ANSWERED: (CHECKING,),
}
# What the button says that leads there.
BUTTONS: dict[str, str | Promise] = {
    CHECKING: _("Nhận kiểm tra"),
    CONFIRMED: _("Xác nhận đúng, đang xử lý"),
    ANSWERED: _("Trả lời và đóng"),
    REJECTED: _("Không xử lý và đóng"),
}
# Nothing more is to be done: the reporter's contact is kept for some days only.
CLOSED = frozenset({REJECTED, ANSWERED})
# Somebody has looked and decided: only these may stand on the public page.
HANDLED = frozenset({CONFIRMED, REJECTED, ANSWERED})
# The reporter is owed a reason.
NEEDS_ANSWER = frozenset({REJECTED, ANSWERED})


def may_move(state: str, to: str) -> bool:
    """Whether `to` may follow `state`."""
    return to in MOVES.get(state, ())
