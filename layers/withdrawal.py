"""What a definition no longer calls public leaves the public rows at once, in every kept version.

Without this, a field that is made private after publication would stay in `properties`, in tiles'
tables and in the search text until the next import, where its values could be guessed one by one.
The values are not moved: the next import brings them back to where only the entitled read them.
"""

from collections.abc import Iterable

from django.db import connection, transaction

from layers import partitions
from layers.definition import Field, LayerDefinition
from layers.models import Layer, LayerVersion
from layers.written import making

KEPT = (LayerVersion.STAGED, LayerVersion.PUBLISHED, LayerVersion.RETIRED)


def withdraw_fields(layer: Layer, before: LayerDefinition, after: LayerDefinition) -> list[str]:
    """Take fields that are not public any more out of the layer's rows; answers their names.

    Also takes the text of fields that are not searched any more out of the search column.
    """
    public, searched = _names(after.public_fields), _names(after.searchable_fields)
    gone = sorted(_names(before.public_fields) - public)
    unsearched = _names(before.searchable_fields) - searched
    if not gone and not unsearched:
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")  # every row is written anew
        for version in LayerVersion.objects.filter(layer=layer, state__in=KEPT):
            making.unwrite(version.pk)
            cursor.execute(
                "SELECT portal_withdraw_fields(%s, %s, %s)", [version.pk, gone, sorted(searched)]
            )
            partitions.collect_words(version.pk)
            version.facets = {k: v for k, v in version.facets.items() if k not in gone}
            if version.public_fields is not None:
                version.public_fields = [f for f in version.public_fields if f not in gone]
            version.save(update_fields=["facets", "public_fields"])
            # Last: pages that are being read are waited for, and later ones wait for us.
            making.drop(version.pk)
    return gone


def _names(fields: Iterable[Field]) -> set[str]:
    return {field.name for field in fields}
