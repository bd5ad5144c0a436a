"""What a policy and a verdict mean, in words."""
