"""The roles as Django groups with their permissions in the administration site; renewed after
migrations.
"""

from django.apps import AppConfig
from django.contrib.auth.models import Group, Permission

from layers.permissions import APPROVER, OFFICER, PLANNER, RESTRICTED_READER, STEWARD

# What each role may do in the administration site, `app.codename`.
PERMISSIONS: dict[str, tuple[str, ...]] = {
    OFFICER: (),
    RESTRICTED_READER: (),
    PLANNER: (
        "layers.view_sector",
        "layers.view_layer",
        "layers.add_layer",
        "layers.change_layer",
        "layers.delete_layer",
        "layers.view_layerfield",
        "layers.add_layerfield",
        "layers.change_layerfield",
        "layers.delete_layerfield",
        "layers.view_landusecode",
        "layers.view_adminunit",
    ),
    STEWARD: (
        "layers.view_layer",
        "layers.view_layerfield",
        "layers.view_layerversion",
        "layers.view_adminunit",
        "layers.view_landusecode",
        "importers.view_importrun",
        "importers.view_importissue",
        "tiles.view_tileset",
    ),
    APPROVER: (
        "layers.view_layer",
        "layers.view_layerversion",
        "layers.change_layerversion",
        "importers.view_importrun",
        "importers.view_importissue",
    ),
}


def ensure_groups(sender: AppConfig, using: str, **_kwargs: object) -> None:
    """post_migrate receiver: every role is a group and has its permissions, as far as they exist
    yet.
    """
    known = {
        f"{label}.{codename}": pk
        for label, codename, pk in Permission.objects.using(using).values_list(
            "content_type__app_label", "codename", "pk"
        )
    }
    for name, wanted in PERMISSIONS.items():
        group, _created = Group.objects.using(using).get_or_create(name=name)
        group.permissions.set([known[code] for code in wanted if code in known])
