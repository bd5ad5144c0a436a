"""Archives around other samples."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from attachguard.testkit.content import Content, octets

#: All members are from the same day, so that a sample is the same bytes each time.
_DAY = (2026, 1, 2, 3, 4, 6)


def zip_archive(members: Mapping[str, Content]) -> bytes:
    """A ZIP archive.

    Args:
        members: content of each file by its path in the archive, in this order.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            member = zipfile.ZipInfo(name, _DAY)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 0
            archive.writestr(member, octets(content))
    return out.getvalue()
