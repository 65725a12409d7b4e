"""A report becomes rows: all in one transaction or none, and once, however often it is sent."""

import datetime as dt
import hashlib
import uuid
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.contrib.gis.geos import Point
from django.core.cache import cache
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils import timezone

from gis_portal.reports.contacts import Contact, keep_contact
from gis_portal.reports.errors import PhotoRefused, TooManyReports
from gis_portal.reports.models import Event, Photo, Report
from gis_portal.reports.moves import NEW
from gis_portal.reports.photos import Made, make_photos
from layers.ondemand.asking import Asker
from layers.units import unit_at

# One sending at a time: the bounds count, and a double sending meets its own row.
_LOCK = 71_620
# Sendings of one host within an hour whose photos were refused.
MOST_REFUSED = 10
_HOUR, _DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@dataclass(frozen=True)
class Sent:
    """What was sent, checked."""

    category: str
    text: str
    place: str
    point: Point | None
    layer_slug: str
    uid: uuid.UUID | None
    contact: Contact
    language: str
    token: str
    photos: tuple[UploadedFile[bytes], ...] = ()

    @cached_property
    def digest(self) -> str:
        """The same for the same sending of the same form. Going back and changing a word makes
        another report, as it should.
        """
        person = self.contact
        words = [self.token, self.category, self.text, self.place, self.layer_slug, str(self.uid)]
        words += [self.point.wkt if self.point else "", person.name, person.phone, person.email]
        words += [_digest_of(photo) for photo in self.photos]
        return hashlib.sha256("\x00".join(words).encode()).hexdigest()


def _digest_of(photo: UploadedFile[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in photo.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def file_report(sent: Sent, asker: Asker) -> Report:
    """The report of this sending, made now or before. Raises TooManyReports, PhotoRefused."""
    before = _made_before(sent)
    if before is not None:
        return before
    # Here too, before photos are looked at: that is the dear part.
    _check_bounds(asker)
    photos = _photos(sent, asker)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_LOCK])
        before = _made_before(sent)
        if before is not None:
            return before
        _check_bounds(asker)
        return _write(sent, photos, asker)


def _photos(sent: Sent, asker: Asker) -> list[Made]:
    """Photos that are refused leave no report to count, but cost the most: they are counted apart.

    Raises TooManyReports, PhotoRefused.
    """
    key = f"report-photos {asker.host}"
    if sent.photos and asker.host and cache.get(key, 0) >= MOST_REFUSED:
        raise TooManyReports
    try:
        return make_photos(sent.photos)
    except PhotoRefused:
        if asker.host:
            cache.add(key, 0, _HOUR.total_seconds())
            cache.incr(key)
        raise


def _made_before(sent: Sent) -> Report | None:
    return Report.objects.filter(sending=sent.digest).first()


def _check_bounds(asker: Asker) -> None:
    now = timezone.now()
    if Report.objects.filter(sent_at__gt=now - _DAY).count() >= settings.PORTAL_REPORTS_ALL:
        raise TooManyReports
    own = Report.objects.filter(host=asker.host, sent_at__gt=now - _HOUR)
    if asker.host and own.count() >= settings.PORTAL_REPORTS_EACH:
        raise TooManyReports


def _write(sent: Sent, photos: list[Made], asker: Asker) -> Report:
    """All rows of a report, in the caller's transaction."""
    report = Report.objects.create(
        sending=sent.digest,
        category=sent.category,
        text=sent.text,
        place=sent.place,
        point=sent.point,
        unit=unit_at(sent.point) if sent.point else None,
        layer_slug=sent.layer_slug,
        uid=sent.uid,
        language=sent.language,
        host=asker.host,
        has_contact=bool(sent.contact),
    )
    for made in photos:
        Photo.objects.create(report=report, jpeg=made.jpeg, width=made.width, height=made.height)
    if sent.contact:
        keep_contact(report, sent.contact)
    Event.objects.create(report=report, kind=Event.SENT, state=NEW)
    return report


def forget_hosts() -> None:
    """Digests of addresses serve the bound of an hour; after a day they are gone."""
    old = Report.objects.exclude(host="").filter(sent_at__lt=timezone.now() - _DAY)
    old.update(host="")
