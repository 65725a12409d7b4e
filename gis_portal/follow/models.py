"""What was noticed of lots, who follows what, what was told in which mail.

Addresses are in a table of their own (`addresses.py`). `Follow.reader` and `Follow.host` are keyed
digests: one groups the follows of an address without reading it, the other bounds a host for a day.
The database ties the rows to each other (`migrations/sql/addresses.sql`): who stops following is
gone with everything that was kept for them.
"""

import uuid

from django.db import models

LOT, UNIT, CIRCLE = "lot", "unit", "circle"
NEW, STAGE, DATES = "new", "stage", "dates"


class Seen(models.Model):
    """A lot as it stood when it was last looked at; `serial` counts its changes."""

    uid = models.UUIDField(primary_key=True)
    serial = models.PositiveIntegerField()
    stage = models.CharField(max_length=20)
    round = models.PositiveSmallIntegerField()
    reg_start = models.DateTimeField(null=True)
    reg_end = models.DateTimeField(null=True)
    auction_time = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.uid} {self.stage}"


class Change(models.Model):
    """A lot is new, has reached a stage, or has other dates. `at` is when it came to be so."""

    uid = models.UUIDField()
    serial = models.PositiveIntegerField()
    kind = models.CharField(max_length=6)
    stage = models.CharField(max_length=20)
    round = models.PositiveSmallIntegerField()
    reg_start = models.DateTimeField(null=True)
    reg_end = models.DateTimeField(null=True)
    auction_time = models.DateTimeField(null=True)
    at = models.DateTimeField()
    noticed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["uid", "serial"], name="follow_change_once"),
        ]
        indexes = [
            # Serves the feed: the newest changes, of all lots or of some.
            models.Index(fields=["-at", "-id"], name="follow_change_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.uid} {self.serial} {self.kind} {self.stage}"


class Follow(models.Model):
    """Somebody follows a lot, a unit or a circle. `told_until`: the last change looked at."""

    kind = models.CharField(max_length=6)
    uid = models.UUIDField(null=True)
    unit_code = models.CharField(max_length=10, blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    radius = models.FloatField(null=True)
    language = models.CharField(max_length=2, default="vi")
    reader = models.CharField(max_length=32)
    host = models.CharField(max_length=32, blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True)
    told_until = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()
        indexes = [
            # Serves bounds and mails: everything that one address follows.
            models.Index(fields=["reader"], name="follow_reader"),
            # Serves the bounds: how much one host has asked for of late.
            models.Index(fields=["host", "asked_at"], name="follow_host"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uid or self.unit_code or self.radius}"


class Refusal(models.Model):
    """Somebody stopped a follow that they never confirmed: a stranger had asked for it. Nobody asks
    that mailbox again for some days.
    """

    reader = models.CharField(max_length=32, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}"


class Mail(models.Model):
    """A mail to be sent, or that was sent; its id is the Message-ID, whenever it is sent again.

    `confirms`: the follow that it asks to confirm; without it, it tells what its tellings say.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    reader = models.CharField(max_length=32)
    confirms = models.ForeignKey(
        Follow, models.CASCADE, null=True, related_name="+", db_constraint=False
    )
    made_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(auto_now_add=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    # Sent no more: refused for good, tried too often, too old. What a server said is not kept: it
    # quotes addresses.
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        indexes = [
            # Serves the sender: what is due, oldest first.
            models.Index(
                fields=["due_at"],
                name="follow_mail_due",
                condition=models.Q(sent_at=None, given_up_at=None),
            ),
            # Serves the pause between two mails to one address.
            models.Index(fields=["reader", "sent_at"], name="follow_mail_reader"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class Telling(models.Model):
    """One change for one follow: waits (`mail` is none), or is told by that mail. Once."""

    follow = models.ForeignKey(Follow, models.CASCADE, related_name="tellings", db_constraint=False)
    change = models.ForeignKey(Change, models.CASCADE, related_name="+", db_constraint=False)
    mail = models.ForeignKey(
        Mail, models.CASCADE, null=True, related_name="tellings", db_constraint=False
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["follow", "change"], name="follow_told_once"),
        ]

    def __str__(self) -> str:
        return f"{self.follow_id}: {self.change_id}"
