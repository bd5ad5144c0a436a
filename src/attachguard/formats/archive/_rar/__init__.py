"""What the inspector of RAR archives is made of.

Why our own: rarfile lists sound archives and starts unrar for what they hold; here broken ones, locked names and passwords within a budget count.
"""
