"""What the inspector of tar archives is made of.

Why our own: `tarfile` stops at the first damaged header, after which a hostile archive goes on.
"""
