"""Readers of disks and file systems: FAT, NTFS, UDF and the disks of virtual machines."""
