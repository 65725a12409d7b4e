"""`manage.py prepare_tiles [slug …]`: make the tables for tiles now, whatever the queue does."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from layers.models import Layer
from tiles.preparing import build
from tiles.preparing_queue import want


class Command(BaseCommand):
    """For an operator who does not want to wait, or after a making that failed."""

    help = "Makes the tables that tiles of a layer's live version are read from, now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Layers by slug."""
        parser.add_argument("slug", nargs="*", help="Layers; all that need tables when none.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """One layer after the other; says what became of each."""
        layers = Layer.objects.exclude(live_version=None).select_related("live_version")
        wanted = options["slug"]
        unknown = set(wanted) - set(layers.values_list("slug", flat=True))
        if unknown:
            raise CommandError(f"No published layer: {', '.join(sorted(unknown))}")
        for layer in layers.filter(slug__in=wanted) if wanted else layers:
            found = want(layer, again=bool(wanted))
            if found is None:
                self.stdout.write(f"{layer.slug}: small, needs none")
                continue
            outcome = build(found.pk)
            found.refresh_from_db()
            size, seconds = (found.bytes or 0) / 2**20, found.seconds or 0.0
            self.stdout.write(f"{layer.slug}: {outcome}, {size:.0f} MB, {seconds:.1f} s")
