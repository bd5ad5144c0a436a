"""What follows from a verdict, ready to be used: notices, the message without what was withheld, the routing slip, header fields.

These modules decide nothing and send nothing. They put a finished report into words, and a gateway does with them what its verdict says.
"""

from attachguard.outcome.dsn import notification, recipient_notice
from attachguard.outcome.headers import HeaderFields, header_fields, without_ours
from attachguard.outcome.receipt import Receipt, routing_slip
from attachguard.outcome.templates import Templates

__all__ = [
    "HeaderFields",
    "Receipt",
    "Templates",
    "header_fields",
    "notification",
    "recipient_notice",
    "routing_slip",
    "without_ours",
]
