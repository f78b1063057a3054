"""What people fill in; one module per idea."""

from segmentation.forms.fields import BrandMoment
from segmentation.forms.members import MemberSortForm
from segmentation.forms.runs import DecideForm, StartRunForm

__all__ = (
    "BrandMoment",
    "DecideForm",
    "MemberSortForm",
    "StartRunForm",
)
