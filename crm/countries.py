"""Countries to choose from: ISO 3166-1."""

from __future__ import annotations

import pycountry

# Two letters and the English name, in the order of the names.
COUNTRIES: list[tuple[str, str]] = sorted(
    ((country.alpha_2, country.name) for country in pycountry.countries),
    key=lambda pair: pair[1],
)
