"""How a stored file of a draft or a snapshot is sent: shown where safe, a stretch where asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any, Protocol

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from campaigns.services.deliverables.files import opened

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_CHUNK = 256 * 1024


class Kept(Protocol):
    """A file of a draft, or of a snapshot."""

    name: str
    content_type: str
    size: int

    @property
    def medium(self) -> str:
        """What a page can do with it: image, video, audio; anything else is fetched."""


@dataclass
class StoredFile:
    """A file whose row is no such file by itself; without a medium it is fetched."""

    name: str
    content_type: str
    size: int
    medium: str = ""


def respond_with(
    request: HttpRequest,
    file: Kept,
    open_file: Callable[[Any], IO[bytes]] = opened,
    *,
    as_attachment: bool = False,
) -> HttpResponseBase:
    """The file: pictures, films and sound may be shown, anything else is fetched.

    Players ask for stretches ("Range"), some play nothing without. The type is that of the content,
    from a closed list, and nothing in it can run: neither sniffed nor scripted.
    """
    try:
        content = open_file(file)
    except FileNotFoundError as error:
        raise Http404("This file is not in the store any more.") from error
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    response = _stretch(content, file, asked) if asked else FileResponse(content)
    if asked is None:
        response["Content-Length"] = str(file.size)
    response["Content-Type"] = file.content_type
    response["Accept-Ranges"] = "bytes"
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment or not file.medium, file.name) or "attachment"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


def _stretch(content: IO[bytes], file: Kept, asked: re.Match[str]) -> HttpResponseBase:
    first, last = asked.groups()
    if first:
        start, end = int(first), min(int(last) if last else file.size - 1, file.size - 1)
    else:
        start, end = max(0, file.size - int(last or 0)), file.size - 1
    if start > end or start >= file.size:
        content.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{file.size}"})
    response = StreamingHttpResponse(_read(content, start, end - start + 1), status=206)
    response["Content-Range"] = f"bytes {start}-{end}/{file.size}"
    response["Content-Length"] = str(end - start + 1)
    return response


def _read(content: IO[bytes], start: int, left: int) -> Iterator[bytes]:
    with content:
        content.seek(start)
        while left > 0 and (chunk := content.read(min(_CHUNK, left))):
            left -= len(chunk)
            yield chunk
