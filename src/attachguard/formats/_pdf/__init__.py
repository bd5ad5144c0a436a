"""What the PDF inspector is made of: the objects of a file, and the questions asked of them."""
