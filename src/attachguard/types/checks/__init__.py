"""Looks at bytes that the rows of the type table name: what proves a type where its first bytes alone prove nothing."""
