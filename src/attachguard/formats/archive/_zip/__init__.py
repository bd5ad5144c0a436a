"""What the ZIP inspector is made of: what an archive is, where its records disagree, its encryption."""
