"""PDF: the inspector, the objects of a file, and the questions asked of them.

Why our own: most PDF files must be decided in a millisecond and without a table that can be trusted; qpdf, through pikepdf, gives the second
opinion on the few that need one.
"""
