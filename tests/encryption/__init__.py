"""Every row of docs/encryption.md: what real tools encrypt is reported for what it is, and opened where the password is at hand."""
