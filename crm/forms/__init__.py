"""The forms of this app's pages; one module per idea.

What services refuse is put beside the field that it names.
"""

from crm.forms.base import PlainForm, Styled, put_error
from crm.forms.brands import BrandForm, PersonForm, RoleForm, TokenForm
from crm.forms.creators import (
    CreatorForm,
    MoveForm,
    NewCreatorForm,
    NewNoteForm,
    NewProfileForm,
    NoteForm,
    RelationshipForm,
)
from crm.forms.fields import FieldForm, NewFieldForm, ValueForm
from crm.forms.imports import ImportColumnForm, ImportFileForm, UploadForm
from crm.forms.me import OwnNameForm, PreferencesForm
from crm.forms.tasks import (
    PlanForm,
    SnoozeForm,
    StageLimitsForm,
    TaskForm,
    VersionForm,
)

__all__ = (
    "BrandForm",
    "CreatorForm",
    "FieldForm",
    "ImportColumnForm",
    "ImportFileForm",
    "MoveForm",
    "NewCreatorForm",
    "NewFieldForm",
    "NewNoteForm",
    "NewProfileForm",
    "NoteForm",
    "OwnNameForm",
    "PersonForm",
    "PlainForm",
    "PlanForm",
    "PreferencesForm",
    "RelationshipForm",
    "RoleForm",
    "SnoozeForm",
    "StageLimitsForm",
    "Styled",
    "TaskForm",
    "TokenForm",
    "UploadForm",
    "ValueForm",
    "VersionForm",
    "put_error",
)
