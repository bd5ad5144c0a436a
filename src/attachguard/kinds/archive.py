"""Kinds of findings about archives, and about content that cannot be read or is read in two ways."""

from __future__ import annotations

from typing import Final

TABLE: Final = """
# -- archives
sfx|archive-self-extracting|archive appended to a program|Archiv hinter einem Programm
installer|archive-self-extracting|installer|Installationsprogramm
nested-archive|archive-nested|archive in an archive|Archiv in einem Archiv
member-folders|archive-directories|members in folders|Mitglieder in Ordnern
archive-links|archive-directories|symbolic links in an archive|symbolische Verknüpfungen in einem Archiv
count-differs|archive-ambiguous|number of members differs from the directory|Zahl der Mitglieder weicht vom Verzeichnis ab
headers-differ|archive-ambiguous|records of one member differ|Angaben zu einem Mitglied widersprechen sich
hidden-member|archive-ambiguous|member outside of the directory|Mitglied außerhalb des Verzeichnisses
nested-member|archive-ambiguous|member inside of the data of another|Mitglied in den Daten eines anderen
name-differs|archive-ambiguous|names that readers understand differently|Namen, die Leseprogramme verschieden verstehen
name-twice|archive-ambiguous|two members of one name|zwei Mitglieder gleichen Namens
path-traversal|archive-ambiguous|path that leads out of a folder|Pfad, der aus dem Ordner hinausführt
data-before|archive-ambiguous|bytes before the archive|Bytes vor dem Archiv
data-behind|archive-ambiguous|bytes after the end of the archive|Bytes nach dem Ende des Archivs
second-archive|archive-ambiguous|another archive after the end|weiteres Archiv nach dem Ende
several-streams|archive-ambiguous|several members in one stream|mehrere Mitglieder in einem Datenstrom
trees-differ|archive-ambiguous|trees of folders that differ|Ordnerbäume, die sich unterscheiden
unlisted-stream|archive-ambiguous|streams outside of the tree of a compound file|Datenströme außerhalb des Baums einer Verbunddatei
revision-differs|archive-ambiguous|attachment that differs between revisions|Anhang, der sich zwischen Fassungen unterscheidet
overlapping-members|decompression-bomb|members that share their bytes|Mitglieder, die sich Bytes teilen
runaway-size|decompression-bomb|archive that unpacks to many times its size, without end in sight|Archiv, das zu einem Vielfachen seiner Größe wächst, ohne dass ein Ende abzusehen ist
archive-in-itself|decompression-bomb|archive that holds itself|Archiv, das sich selbst enthält
declared-size|resource-limit-exceeded|archive that declares an absurd size|Archiv, das eine absurde Größe angibt
shared-bytes|archive-ambiguous|members that share some bytes|Mitglieder, die sich einige Bytes teilen
entity-bomb|decompression-bomb|XML entities that expand without measure|XML-Entitäten, die maßlos wachsen
# -- content that is not read
unknown-method|uninspectable-content|compression method that is not read|Kompressionsverfahren, das nicht gelesen wird
split-archive|uninspectable-content|one piece of a split archive|ein Teil eines geteilten Archivs
no-decoder|uninspectable-content|no decoder here|kein Entpacker vorhanden
not-opened|uninspectable-content|not opened here|hier nicht geöffnet
member-unread|uninspectable-content|members that could not be read|Mitglieder, die nicht gelesen werden konnten
pdf-without-trailer|malformed-file|PDF cut before its trailer|vor ihrem Trailer abgeschnittene PDF-Datei
damaged-document|uninspectable-content|too damaged to be read|zu beschädigt, um gelesen zu werden
no-volume|uninspectable-content|no volume was found|kein Datenträger gefunden
"""
