"""Names of the volumes into which archives are split: RAR (`.part2.rar`, `.r00`), 7-Zip and file splitters (`.7z.001`), ZIP (`.z01`), ARJ and ACE.

A later volume has no signature of its own where the split is blind, so its name is all that tells what it is.
"""

from __future__ import annotations

import re
from typing import Final

from attachguard.later import later

#: `.001` goes up to three digits; `.s00` follows `.r99`; ARJ counts `.a01`, ACE `.c00`.
_VOLUME: Final = later(
    r"\.(?:part(?P<part>[0-9]{1,5})\.(?:rar|exe|sfx)|(?P<number>[0-9]{3})|(?P<letter>[rszac])(?P<next>[0-9]{2}))[. ]*\Z",
    re.IGNORECASE,
)


def volume(name: str) -> int:
    """Which volume of a split archive a name says that this is, the first being 1; 0 where it says nothing of the kind."""
    found = _VOLUME.search(name[-64:])
    if found is None:
        return 0
    if found["letter"] is None:
        return int(found["part"] or found["number"])
    # The first volume of RAR and ACE ends like any archive, `.r00` is the second; ZIP and ARJ count from one.
    letter, number = found["letter"].lower(), int(found["next"])
    if letter == "z":
        return number
    return number + (1 if letter == "a" else 2) + (100 if letter == "s" else 0)
