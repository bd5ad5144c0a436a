"""Readers of container structures that several formats share: bytes in, bounded records out; they find facts about nothing."""
