"""What `layers` announces; it never looks up who listens."""

from django.dispatch import Signal

# Sent after the pointer has moved and the transaction is committed: layer, version.
layer_published = Signal()
# Sent when a version's rows are thrown away: layer, version.
version_dropped = Signal()
