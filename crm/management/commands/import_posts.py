"""manage.py import_posts FILE --brand SLUG"""

from crm.importers.mapping import Kind
from crm.management.commands._importing import ImportCommand


class Command(ImportCommand):
    """Import a list of posts and whose they are."""

    help = (
        "Import posts with their counts, and the creators and profiles that they belong to; print "
        "the counts as JSON "
        "on the last line. A post that comes back on another day adds to its history."
    )
    kind = Kind.POSTS
