"""How forms of this app look, and where what a service refuses is put."""

from crm.styled import PlainForm, Styled, put_error

__all__ = ("PlainForm", "Styled", "put_error")
