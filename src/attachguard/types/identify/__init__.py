"""What bytes are, whatever their name says: own signatures and structure first, libmagic for the long tail; see `content.identify`."""
