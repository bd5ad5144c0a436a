"""What may be odd about a member of a ZIP archive, and about an archive: bits that the readers of its records set."""

# -- marks of an entry: local header and directory say different things, or what they say cannot be ---------------------

NAME = 1
METHOD = 2
ENCRYPTION = 4
SIZES = 8
CHECKSUM = 16
DESCRIPTOR = 32
NO_LOCAL = 64
#: The directory does not name it.
HIDDEN = 128
OVERLAP = 256
#: Its data reach beyond the end of the file.
CUT = 512
#: Names by which only some readers know it: an Info-ZIP Unicode path in the local header, a UTF-8 bit in one of the two.
UNICODE = 1024
#: Several ZIP64 extra fields, or one that contradicts the plain fields.
ZIP64 = 2048
#: Further local headers stand inside of its data.
INSIDE = 4096
#: One of the two says that a name with other letters than ASCII is UTF-8, and the other one does not.
FLAGS = 8192

# -- notes about the archive: its end ------------------------------------------------------------------------------------

NO_END = 1
NO_DIRECTORY = 2
TWO_ENDS = 4
TWO_DIRECTORIES = 8
SPLIT = 16
ZIP64_DIFFERS = 32
COMMENT_CUT = 64
DISK_COUNT = 512
LENGTH_DIFFERS = 1024

# -- notes about the archive: its members --------------------------------------------------------------------------------

MORE_ENTRIES = 128
COUNT_DIFFERS = 256
#: A signature of a directory in the midst of members, where a streaming reader stops.
STRAY = 2048
#: A local header where the stated offset leads, and another where it leads behind the prefix.
TWO_LOCALS = 4096
#: More members outside of the directory than are looked at.
MORE_HIDDEN = 8192
#: Some entry has the mark `INSIDE`.
SOME_INSIDE = 16384
