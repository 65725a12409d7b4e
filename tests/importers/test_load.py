"""Rows are encoded in a thread: what goes wrong there keeps its name."""

import numpy as np
import psycopg2
import pyarrow as pa
import pytest
from django.db import connection, transaction

from importers.load import Encode, Encoded, Loading, load
from layers import partitions
from layers.models import LayerVersion
from tests.layers.rows import plots_layer

pytestmark = pytest.mark.django_db


def staged() -> LayerVersion:
    """A version whose tables are open for writing."""
    version = LayerVersion.objects.create(layer=plots_layer(), number=1)
    partitions.stage(version.pk)
    return version


def nothing() -> Encoded:
    """A batch without rows."""
    none = pa.array([], pa.large_binary())
    return Encoded(none, np.empty(0, dtype=np.uint64), [])


def failing() -> Encoded:
    """A batch that cannot be written."""
    raise ZeroDivisionError("a batch")


def loaded(encode: Encode) -> None:
    """One batch into a version of its own, undone afterwards."""
    version = staged()
    with transaction.atomic(), Loading(version.pk) as loading:
        loading.add(1, encode)
        load(loading)


def test_an_error_of_encoding_is_raised_as_it_is() -> None:
    with pytest.raises(ZeroDivisionError, match="a batch"):
        loaded(failing)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def given_up() -> None:
    """Left in the middle, for another reason than the COPY's."""
    version = staged()
    with transaction.atomic(), Loading(version.pk) as loading:
        loading.add(0, nothing)
        raise RuntimeError("enough")


def test_leaving_early_keeps_the_reason() -> None:
    with pytest.raises(RuntimeError, match="enough"):
        given_up()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def test_bytes_that_are_no_row_are_the_databases_error() -> None:
    rows = pa.array([b"\x00\x01nonsense"], pa.large_binary())
    with pytest.raises(psycopg2.Error):
        loaded(lambda: Encoded(rows, np.zeros(1, dtype=np.uint64), []))
