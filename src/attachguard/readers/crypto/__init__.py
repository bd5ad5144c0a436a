"""Readers of keys, certificates and encrypted messages: DER, CMS envelopes, OpenPGP."""
