"""Programs and libraries that unpack what nothing here reads, each in a process of its own.

None is started by itself: `Scanner(tools=Tools.system())` allows what the machine has, as the command line does.

Why our own: what runs libarchive and 7-Zip here gives up files, network and new processes first, which no binding of them does.
"""

from attachguard.readers.outside.tools import Tools

__all__ = ["Tools"]
