"""Creators are asked to put the disclosure of a published post right: asked, answered, seen."""
