"""Mails that are due go out, one after the other.

A mail and all it tells are written down before it is sent, and its row is held while it is: two
workers never send one. Killed between sending and noting, it is sent again with the same
Message-ID: at least once. What servers answer is not logged: it quotes addresses.
"""

import datetime as dt
import logging
import smtplib

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from gis_portal.follow.letters import letter
from gis_portal.follow.models import Mail

log = logging.getLogger(__name__)

MOST_TRIES = 8
_FIRST_PAUSE, _LONGEST_PAUSE = dt.timedelta(minutes=10), dt.timedelta(hours=12)
# Older news are none, and a link to confirm would be over.
_STALE = dt.timedelta(days=3)


def can_mail() -> bool:
    """Whether the settings name a server, a sender, and the portal's own address."""
    return bool(settings.EMAIL_HOST and settings.DEFAULT_FROM_EMAIL and settings.PORTAL_ADDRESS)


def send_due() -> int:
    """As many as one run may send. A server that does not answer ends the run: all wait."""
    if not can_mail() or not _due().exists():
        return 0
    sent = 0
    server = get_connection()
    try:
        server.open()
        for _turn in range(settings.PORTAL_FOLLOW_MAILS):
            outcome = _send_next(server)
            if outcome is None:
                break
            sent += outcome
    except (OSError, smtplib.SMTPException) as error:
        log.warning("The mail server does not take mails: %s", type(error).__name__)
    finally:
        _close(server)
    return sent


def _due() -> QuerySet[Mail]:
    now = timezone.now()
    return Mail.objects.filter(sent_at=None, given_up_at=None, due_at__lte=now).order_by("due_at")


def _send_next(server: BaseEmailBackend) -> bool | None:
    """Whether the next mail went out; None when none is due. Raises what ends a run."""
    broken: Exception | None = None
    went = False
    with transaction.atomic():
        mail = _due().select_for_update(skip_locked=True).first()
        if mail is None:
            return None
        if mail.made_at < timezone.now() - _STALE:
            return _give_up(mail)
        try:
            # Apart, so that a mail that cannot be written leaves the transaction whole.
            with transaction.atomic():
                message = letter(mail)
            if message is None:
                mail.delete()
                return False
            _hand_over(message, server)
            _note(mail)
            went = True
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _words in error.recipients.values()]
            _later(mail, for_good=all(code >= 500 for code in codes))
        except smtplib.SMTPDataError:
            _later(mail)
        except (OSError, smtplib.SMTPException) as error:
            _later(mail)
            broken = error
        except Exception as error:  # noqa: BLE001 - one mail never holds up all others
            log.warning("The mail %s cannot be written: %s", mail.pk, type(error).__name__)
            _later(mail)
    if broken is not None:
        raise broken
    return went


def _hand_over(message: EmailMessage, server: BaseEmailBackend) -> None:
    message.connection = server
    message.send()


def _note(mail: Mail) -> None:
    mail.sent_at = timezone.now()
    mail.save(update_fields=["sent_at"])


def _later(mail: Mail, *, for_good: bool = False) -> None:
    mail.tries += 1
    if for_good or mail.tries >= MOST_TRIES:
        _give_up(mail)
        return
    pause = min(_FIRST_PAUSE * 2 ** (mail.tries - 1), _LONGEST_PAUSE)
    mail.due_at = timezone.now() + pause
    mail.save(update_fields=["tries", "due_at"])


def _give_up(mail: Mail) -> bool:
    mail.given_up_at = timezone.now()
    mail.save(update_fields=["tries", "given_up_at"])
    log.warning("The mail %s was given up after %d tries", mail.pk, mail.tries)
    return False


def _close(server: BaseEmailBackend) -> None:
    try:
        server.close()
    except (OSError, smtplib.SMTPException) as error:
        log.warning("The mail server went away: %s", type(error).__name__)
