"""Static files under hashed names with a gzip copy beside them; uploads, whole or not at all."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

# `import ... from "./dom.js"` in a script of ours: what is imported has a hashed name, too, or a
# browser would mix new and old modules after an update.
_MODULES = (r"""(?P<matched>from\s+["'](?P<url>\./.*?)["'])""", 'from "%(url)s"')


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # it ships no types
    """WhiteNoise's storage without source maps, which are not served, and without brotli.

    Brotli takes 44 s of processor time for these files and gzip 3 s.
    """

    patterns = (
        *(
            (files, tuple(pattern for pattern in found if "sourceMappingURL" not in str(pattern)))
            for files, found in CompressedManifestStaticFilesStorage.patterns
        ),
        ("js/*.js", (_MODULES,)),
    )

    def create_compressor(self, **kwargs: Any) -> Compressor:
        """The compressor that collectstatic uses, without brotli."""
        return Compressor(use_brotli=False, **kwargs)


class MediaStorage(FileSystemStorage):
    """Uploads. A file has its name once it is whole: a disk that fills up, or a process that dies,
    leaves none that is cut off, which would be taken for the whole one where names are hashes.
    """

    def _save(self, name: str, content: File[Any]) -> str:
        part = f"{name}.{secrets.token_hex(8)}.part"
        try:
            part = super()._save(part, content)  # type: ignore[misc] # the stubs lack it
            while True:
                try:
                    # Unlike a rename it replaces nothing.
                    Path(self.path(name)).hardlink_to(self.path(part))
                except FileExistsError:
                    name = self.get_available_name(name)
                else:
                    return name
        finally:
            Path(self.path(part)).unlink(missing_ok=True)
