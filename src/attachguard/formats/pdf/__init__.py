"""PDF: the inspector, the objects of a file, and the questions asked of them."""
