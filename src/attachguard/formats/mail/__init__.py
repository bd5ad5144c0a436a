"""Messages inside of files, and what carries files in mail."""
