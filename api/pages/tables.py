"""What the cell's tables share: order from the address (`?sort=key`, `?sort=-key`) and a CSV of exactly what is shown."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from fastapi.responses import Response

T = TypeVar("T")

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def in_order(rows: Iterable[T], sort: str, keys: Mapping[str, Callable[[T], Any]]) -> list[T]:
    """Return rows in the order that an address asks for; an unknown key leaves them as they are."""
    key = keys.get(sort.removeprefix("-"))
    return list(rows) if key is None else sorted(rows, key=key, reverse=sort.startswith("-"))


def csv_file(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Answer with a CSV (UTF-8 with its mark, as office programs want it); no cell can start a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(text.getvalue().encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text
