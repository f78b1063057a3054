"""What people fill in; one module per idea."""

from segmentation.forms.fields import BrandMoment
from segmentation.forms.runs import DecideForm, StartRunForm

__all__ = (
    "BrandMoment",
    "DecideForm",
    "StartRunForm",
)
