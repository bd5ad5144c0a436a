"""Reading mail: the streaming parser, readings of what clients may see, header fields, transfer encodings."""
