"""HTML, SVG and XML.

Why our own: parsers of HTML build a tree, which costs a hundred times as much as one pass; those of XML stop where browsers go on.
"""
