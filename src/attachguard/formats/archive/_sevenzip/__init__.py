"""What the inspector of 7z archives is made of.

Why our own: py7zr unpacks into memory without a bound, and needs a native package for each method.
"""
