"""Is a layer as fresh as its owner promised? Compares the data's date with the interval."""

import calendar
import datetime as dt

from layers.durations import DURATION


def due(data_date: dt.date, interval: str) -> dt.date | None:
    """The day by which new data was promised; None without a promise.

    `interval` is ISO 8601, such as `P6M`.
    """
    match = DURATION.match(interval)
    if not match or not any(match.groups()):
        return None
    years, months, weeks, days = (int(part or 0) for part in match.groups())
    month_index = data_date.year * 12 + data_date.month - 1 + years * 12 + months
    year, month = divmod(month_index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    moved = dt.date(year, month + 1, min(data_date.day, last))
    return moved + dt.timedelta(days=weeks * 7 + days)


def state(data_date: dt.date | None, interval: str, today: dt.date) -> str:
    """`on-time`, `late`, or `unknown` when either the date or the promise is missing."""
    promised = due(data_date, interval) if data_date else None
    if promised is None:
        return "unknown"
    return "late" if promised < today else "on-time"
