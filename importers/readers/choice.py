"""Which layer of a file is meant when it holds several: a person chooses, never the program."""

from importers.refusals import LayerChoiceNeeded, NoGeometry


def choose_layer(names: list[str], wanted: str | None) -> str:
    """The wanted layer, or the only one. Raises NoGeometry, LayerChoiceNeeded with all names."""
    if not names:
        raise NoGeometry()
    if wanted is not None and wanted in names:
        return wanted
    if wanted is not None or len(names) > 1:
        raise LayerChoiceNeeded(", ".join(names), layers=names)
    return names[0]
