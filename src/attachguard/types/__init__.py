"""What kinds of files there are: the table of types, names and extensions, identification of bytes."""
