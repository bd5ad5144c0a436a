"""The copy of a message or file that may be delivered: parts withheld or cleaned, proved by a scan of their own."""
