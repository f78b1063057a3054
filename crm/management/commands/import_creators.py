"""manage.py import_creators FILE --brand SLUG"""

from crm.importers.mapping import Kind
from crm.management.commands._importing import ImportCommand


class Command(ImportCommand):
    """Import a list of creators."""

    help = (
        "Import a list of creators and print the counts as JSON on the last line. Columns are "
        "recognised by their "
        "headings and cells; importing the same file again changes nothing; undo_import takes an "
        "import back. Pairs of creators that may be one are looked for and counted."
    )
    kind = Kind.CREATORS
