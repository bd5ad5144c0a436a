"""What several modules speak of stands once: object identifiers, words of encodings, how foreign text is shown."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import attachguard

SOURCE = Path(attachguard.__file__).parent
OID = re.compile(r'"([0-2](?:\.\d+){3,})"')


def test_no_object_identifier_is_written_in_two_modules():
    places: dict[str, set[str]] = defaultdict(set)
    for file in SOURCE.rglob("*.py"):
        for found in OID.findall(file.read_text("utf-8")):
            places[found].add(file.name)
    assert {oid: sorted(files) for oid, files in places.items() if len(files) > 1} == {}


def test_transfer_encodings_are_listed_in_one_module():
    listing = re.compile(r"""["']7bit["'], *b?["']8bit""")
    assert [file.name for file in SOURCE.rglob("*.py") if listing.search(file.read_text("utf-8"))] == ["encodings.py"]


def test_foreign_text_is_shown_by_one_function():
    # Readers stand below the letters' house and make the words they give fit by themselves.
    spelled = re.compile(r"join\(\w+ if \w+\.isprintable\(\) else")
    assert [
        file.name
        for file in SOURCE.rglob("*.py")
        if "readers" not in file.parts and spelled.search(file.read_text("utf-8"))
    ] == ["letters.py"]
