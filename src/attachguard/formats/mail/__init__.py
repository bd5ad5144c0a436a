"""Messages inside files, and what carries files in mail."""
