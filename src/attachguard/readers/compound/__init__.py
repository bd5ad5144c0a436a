"""Compound files ([MS-CFB]): read, and written where an embedded object must become a file."""
