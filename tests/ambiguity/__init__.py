"""Messages that two readers may read in two ways."""
