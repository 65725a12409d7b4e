"""The first row of a prepared statement as the database's own bytes.

psycopg2 asks for values as text: a tile's bytes come as hexadecimal digits, twice as many, and are
read back one by one, which costs as much as packing the tile. So this one question goes to libpq
itself, over the driver's own open connection (`connection.pgconn_ptr`, which psycopg2 gives out for
that), and takes values in binary. Neighbour: `planned.py` prepares what is asked here.
"""

import ctypes
from collections.abc import Sequence
from typing import Any

import psycopg2
from psycopg2 import _psycopg
from psycopg2.errors import lookup
from psycopg2.extensions import TRANSACTION_STATUS_IDLE

# The library that the driver itself has loaded: a name is looked for in what it depends on, too.
_libpq = ctypes.CDLL(_psycopg.__file__)
_TEXT, _WHOLE = ctypes.c_char_p, ctypes.c_int
_RESULT = ctypes.c_void_p


def _function(name: str, gives: Any, *takes: Any) -> Any:
    found = getattr(_libpq, name)
    found.restype, found.argtypes = gives, takes
    return found


_ask = _function(
    "PQexecPrepared", _RESULT, ctypes.c_void_p, _TEXT, _WHOLE, ctypes.POINTER(_TEXT), _RESULT,
    _RESULT, _WHOLE,
)  # fmt: skip
_status = _function("PQresultStatus", _WHOLE, _RESULT)
_rows = _function("PQntuples", _WHOLE, _RESULT)
_columns = _function("PQnfields", _WHOLE, _RESULT)
_is_null = _function("PQgetisnull", _WHOLE, _RESULT, _WHOLE, _WHOLE)
_length = _function("PQgetlength", _WHOLE, _RESULT, _WHOLE, _WHOLE)
_value = _function("PQgetvalue", ctypes.c_void_p, _RESULT, _WHOLE, _WHOLE)
_error_field = _function("PQresultErrorField", _TEXT, _RESULT, _WHOLE)
_error_text = _function("PQresultErrorMessage", _TEXT, _RESULT)
_clear = _function("PQclear", None, _RESULT)
_TUPLES_OK, _IN_BINARY, _SQLSTATE = 2, 1, ord("C")


def is_ready(opened: Any) -> bool:
    """The driver has nothing to say first: a transaction that it would begin has begun."""
    return bool(opened.autocommit or opened.info.transaction_status != TRANSACTION_STATUS_IDLE)


def first_row(opened: Any, name: str, numbers: Sequence[float]) -> tuple[bytes | None, ...] | None:
    """Columns of the first row in the database's binary form; None: no row.

    Raises what the driver raises: the class of the error's SQLSTATE, InterfaceError where the
    connection was closed.
    """
    connection = opened.pgconn_ptr
    if connection is None:
        raise psycopg2.InterfaceError("connection already closed")
    texts = (_TEXT * len(numbers))(*(repr(number).encode() for number in numbers))
    result = _ask(connection, name.encode(), len(numbers), texts, None, None, _IN_BINARY)
    try:
        if _status(result) != _TUPLES_OK:
            raise _error(result)
        if not _rows(result):
            return None
        return tuple(_cell(result, column) for column in range(_columns(result)))
    finally:
        _clear(result)


def _cell(result: int, column: int) -> bytes | None:
    if _is_null(result, 0, column):
        return None
    return ctypes.string_at(_value(result, 0, column), _length(result, 0, column))


def _error(result: int | None) -> psycopg2.Error:
    """As the driver names it; a connection that broke has no SQLSTATE."""
    state = _error_field(result, _SQLSTATE)
    text = (_error_text(result) or b"").decode("utf-8", "replace")
    try:
        kind = lookup(state.decode()) if state else psycopg2.OperationalError
    except KeyError:
        kind = psycopg2.DatabaseError
    return kind(text)
