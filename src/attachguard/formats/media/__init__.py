"""What stands behind the end of pictures, films and documents."""
