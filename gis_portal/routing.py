"""Which connection a query takes: the app's, and the owner's while the owner migrates.

Migrations of libraries name no connection (django-tasks-db updates its rows so); on the app's they
would wait for the lock that the owner's own transaction holds.
"""

from typing import Any

from django.db.models import Model

OWNER = "owner"


class OwnerWhileMigrating:
    """A database router; the signals around a migration switch it."""

    migrating = False

    @classmethod
    def begin(cls, *, using: str, **_kwargs: Any) -> None:
        """pre_migrate receiver."""
        cls.migrating = using == OWNER

    @classmethod
    def end(cls, **_kwargs: Any) -> None:
        """post_migrate receiver."""
        cls.migrating = False

    def db_for_read(self, _model: type[Model], **_hints: Any) -> str | None:
        """The owner's connection while it migrates, otherwise Django's choice."""
        return OWNER if self.migrating else None

    db_for_write = db_for_read

    def allow_relation(self, _first: Model, _second: Model, **_hints: Any) -> bool:
        """All connections lead to one database."""
        return True
