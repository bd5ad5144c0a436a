"""Object identifiers that several modules speak of; what only one reader knows stands with it. A test finds the next that is written twice.

Why our own: this is a table.
"""

from __future__ import annotations

from typing import Final

# Digests (RFC 5754, RFC 3370).
MD5: Final = "1.2.840.113549.2.5"
SHA1: Final = "1.3.14.3.2.26"
SHA224: Final = "2.16.840.1.101.3.4.2.4"
SHA256: Final = "2.16.840.1.101.3.4.2.1"
SHA384: Final = "2.16.840.1.101.3.4.2.2"
SHA512: Final = "2.16.840.1.101.3.4.2.3"

# Signatures (RFC 8017, RFC 5758, RFC 8410).
RSA: Final = "1.2.840.113549.1.1.1"
RSA_SHA1: Final = "1.2.840.113549.1.1.5"
RSA_PSS: Final = "1.2.840.113549.1.1.10"
RSA_SHA224: Final = "1.2.840.113549.1.1.14"
RSA_SHA256: Final = "1.2.840.113549.1.1.11"
RSA_SHA384: Final = "1.2.840.113549.1.1.12"
RSA_SHA512: Final = "1.2.840.113549.1.1.13"
ECDSA_SHA1: Final = "1.2.840.10045.4.1"
ECDSA_SHA256: Final = "1.2.840.10045.4.3.2"
ECDSA_SHA384: Final = "1.2.840.10045.4.3.3"
ECDSA_SHA512: Final = "1.2.840.10045.4.3.4"
ED25519: Final = "1.3.101.112"

# Contents of CMS (RFC 5652).
DATA: Final = "1.2.840.113549.1.7.1"
ENVELOPED_DATA: Final = "1.2.840.113549.1.7.3"
ENCRYPTED_DATA: Final = "1.2.840.113549.1.7.6"

# Ciphers (RFC 8018).
DES_EDE3_CBC: Final = "1.2.840.113549.3.7"
