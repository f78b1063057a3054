"""Rule packs: read from files, planned against what a brand has, installed and adopted.

files       the packs as they are written, and the segments they draft for a brand
plans       what a pack would add, and where it words a rule differently
installing  add what is missing, adopt a wording; never overwrite a brand's own
"""

from segmentation.services.packs.installing import (
    PackRefused,
    add_what_is_new,
    adopt_pack,
    install_pack,
)
from segmentation.services.packs.plans import plan_pack

__all__ = ("PackRefused", "add_what_is_new", "adopt_pack", "install_pack", "plan_pack")
