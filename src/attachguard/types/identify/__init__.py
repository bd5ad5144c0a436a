"""What bytes are, whatever their name says: own signatures and structure first, libmagic for the long tail."""

from attachguard.types.identify.content import identify

__all__ = ["identify"]
