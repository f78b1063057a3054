"""A file of benchmarks, with where it is from."""

from __future__ import annotations

from django import forms

from crm.styled import PlainForm
from segmentation.services.benchmarks import FIRST_YEAR, LAST_YEAR


class BenchmarkFileForm(PlainForm):
    """Who published the numbers, when, and the numbers."""

    id_prefix = "benchmark"

    source = forms.CharField(
        max_length=200, label="Source", help_text="Who published the numbers, and where."
    )
    address = forms.URLField(max_length=500, required=False, label="Address", assume_scheme="https")
    year = forms.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR, label="Year")
    file = forms.FileField(
        label="File (CSV)",
        help_text=(
            "Columns: denominator, platform, tier, followers_from, followers_to, low, typical, "
            "high. Rates as 3.1 % or 0.031."
        ),
    )
