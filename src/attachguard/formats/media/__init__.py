"""What follows the end of pictures, films and documents."""
