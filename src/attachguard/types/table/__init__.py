"""The table of file types: data only, read by `filetypes.py`.

One type a line, columns parted by `|`:

    id | group | facts | base | media type | extensions | name in plain words

`facts` are what being of this type means, whatever the content: `x` executable-content, `s` script-content, `a` archive-content,
`m` multimedia-content, `l` legacy-office-format, `e` its content cannot be looked into here (uninspectable-content). `base` is the type that this one refines: a `docx`
is found inside a `zip` and replaces it. Ids are API. Media types are IANA's where registered, else the ones that mail filters already match.
"""

from __future__ import annotations

from typing import Final

from attachguard.types.table import containers, documents, media, programs, records, texts

#: In this order: of two types with one media type the first is meant.
TABLE: Final = "".join(each.TABLE for each in (texts, documents, containers, programs, media, records))
