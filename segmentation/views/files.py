"""Lists as CSV, written while they are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse

from crm import exports


def csv_response(name: str, rows: Iterable[Iterable[object]]) -> StreamingHttpResponse:
    """A file of these rows, the first of which is the head; `name` has its ending."""
    lines: Iterator[Sequence[object]] = ([*row] for row in rows)
    head = next(lines, ())
    return exports.stream(name.removesuffix(".csv"), head, lines)
