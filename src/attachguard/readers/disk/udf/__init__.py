"""UDF, the file system of discs since the DVD: volumes, their partitions, and the files in them.

Why our own: no package reads UDF from bytes in memory within bounds.
"""
