"""The table of file types: data only, one row a type, a module a family; `row.py` says what the columns are, `filetypes.py` reads them."""

from __future__ import annotations

from typing import Final

from attachguard.types.table import containers, documents, media, programs, records, texts

#: In this order: of two types with one media type the first is meant.
ROWS: Final = (*texts.ROWS, *documents.ROWS, *containers.ROWS, *programs.ROWS, *media.ROWS, *records.ROWS)
