"""Static files under hashed names, with a gzip copy beside them."""

from __future__ import annotations

from typing import Any

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
