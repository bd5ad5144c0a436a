"""Files that two readers read differently, built in code: for each class one with a hidden program, and a harmless twin.

`CASES` maps a case's name, which begins with its class, to a pair of functions: the file with a program that only some readers see, and the file
closest to it that every reader reads alike. Classes of ZIP are those of the ZipDiff study (A1 to C5).
"""

from __future__ import annotations

from tests.ambiguity_files import compounds, discs, others, pdfs, polyglots, tars, zip_members, zip_whole

#: Those of ZIP only.
ZIP_CASES = {**zip_members.CASES, **zip_whole.CASES}
CASES = {**ZIP_CASES, **others.CASES, **discs.CASES, **tars.CASES, **polyglots.CASES, **compounds.CASES, **pdfs.CASES}
