"""UDF, the file system of discs since the DVD: volumes, their partitions, and the files in them."""
