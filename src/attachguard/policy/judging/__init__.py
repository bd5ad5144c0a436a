"""What a policy says about findings, parts and messages."""
