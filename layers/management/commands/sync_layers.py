"""`manage.py sync_layers`: bring sectors and shipped layers in line with the definition files."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from layers.catalogue import sync_definitions
from layers.errors import DefinitionError


class Command(BaseCommand):
    """Safe to run at any time; features are untouched."""

    help = "Đồng bộ ngành và khai báo các lớp có sẵn từ tệp TOML."

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            sectors, layers = sync_definitions()
        except DefinitionError as error:
            raise CommandError("\n".join(error.problems)) from error
        self.stdout.write(f"{sectors} ngành, {layers} lớp có sẵn")
