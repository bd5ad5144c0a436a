"""Compound files ([MS-CFB]): read, and written where an embedded object must become a file; what is in their streams.

Why our own: no library reads them fast and within bounds, and none writes new ones.
"""
