"""What the inspectors of other archives share: members, listings, solid folders."""
