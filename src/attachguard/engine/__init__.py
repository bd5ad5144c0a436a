"""The spine: a scanner, its scans, the walk over the parts, the judge."""
