"""What the passes over a page collect, before anybody says what it means."""

from __future__ import annotations

from typing import Final

from attachguard.formats.markup.shared import DataUrl

#: Different things of one kind that are kept to be named.
MOST: Final = 40


class Page:
    """What the passes over a page collected; counts are exact, lists are cut."""

    __slots__ = (
        "busy", "downloads", "forms", "frames", "handlers", "handlers_seen", "idle_seen", "inner", "links", "objects", "own", "passwords", "payloads",
        "pictures", "posts", "refreshes", "scripts", "scripts_inline", "scripts_seen", "sheets", "sources", "styles", "uncs",
    )  # fmt: skip

    def __init__(self) -> None:
        self.busy = 0
        self.scripts: list[bytes] = []
        self.scripts_seen = 0
        self.scripts_inline = 0
        self.sources: list[str] = []
        self.handlers: list[str] = []
        self.handlers_seen = 0
        #: Those of them that wait for the reader, or only call off what the program does by itself.
        self.idle_seen = 0
        self.links: list[str] = []
        self.refreshes: list[str] = []
        self.frames: list[str] = []
        self.objects: list[str] = []
        self.forms = 0
        self.passwords = 0
        self.posts: list[str] = []
        self.pictures: list[str] = []
        self.sheets: list[str] = []
        #: Script in styles, which no mail program runs.
        self.styles: list[str] = []
        self.uncs: list[str] = []
        self.own: list[str] = []
        self.downloads: list[str] = []
        self.payloads: list[tuple[str, DataUrl]] = []
        self.inner: list[bytes] = []

    def add(self, other: Page) -> None:
        """Take in what another reading of the same page collected: the greater count, and every different thing."""
        for field in self.__slots__:
            mine, theirs = getattr(self, field), getattr(other, field)
            if isinstance(mine, int):
                setattr(self, field, max(mine, theirs))
            elif theirs:
                known = set(mine)
                mine += (item for item in theirs if item not in known)


def keep(items: list[str], item: str) -> None:
    """Keep what is not among them yet, while there is room."""
    if len(items) < MOST and item not in items:
        items.append(item)
