"""The forms of this app's pages; one module per idea.

What services refuse is put beside the field that it names.
"""

from crm.forms.base import PlainForm, Styled, put_error
from crm.forms.brands import BrandForm, PersonForm, RoleForm, TokenForm
from crm.forms.creators import (
    CreatorForm,
    MoveForm,
    NewCreatorForm,
    NewProfileForm,
    NoteForm,
    RelationshipForm,
)
from crm.forms.fields import FieldForm, NewFieldForm, ValueForm
from crm.forms.imports import ImportColumnForm, ImportFileForm, UploadForm

__all__ = (
    "BrandForm",
    "CreatorForm",
    "FieldForm",
    "ImportColumnForm",
    "ImportFileForm",
    "MoveForm",
    "NewCreatorForm",
    "NewFieldForm",
    "NewProfileForm",
    "NoteForm",
    "PersonForm",
    "PlainForm",
    "RelationshipForm",
    "RoleForm",
    "Styled",
    "TokenForm",
    "UploadForm",
    "ValueForm",
    "put_error",
)
