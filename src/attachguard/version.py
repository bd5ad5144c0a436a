"""The version of attachguard. It stands here and not only in the metadata of the installed package: to read that takes 45 ms."""

from typing import Final

VERSION: Final = "0.1.0"
