"""Event handlers: which attributes are one, and which of them do nothing in a mail, whatever program shows it.

No mail program of today runs what is in a handler; those of the web clean it out, and it is by way of handlers that fire by themselves that
attackers have got through their cleaning. A handler that waits for the reader, or that only calls off what a browser would do, is what
advertising and forgotten editors leave behind.

Reference: HTML standard, "Event handlers on elements, Document objects, and Window objects".
"""

from __future__ import annotations

import re
from typing import Final

from attachguard.later import later

#: Names of event handler attributes begin like this; any other attribute in `on` is not one.
HANDLER: Final = later(
    r"on(?:abort|activate|after|animation|auxclick|before|begin|blur|bounce|cancel|can|cell|change|click|close|command|contentvisibility|context|"
    r"controlselect|copy|"
    r"cuechange|cut|data|dblclick|deactivate|devic|drag|drop|duration|emptied|end|error|filter|finish|focus|form|freeze|fullscreen|gotpointer|"
    r"hashchange|help|input|invalid|key|language|layout|load|lose|lostpointer|media|message|mouse|move|offline|online|orientation|page|paste|"
    r"pause|play|pointer|pop|progress|property|ratechange|readystate|rejection|repeat|reset|resize|resume|reverse|row|scroll|search|seek|"
    r"select|securitypolicy|show|slotchange|stalled|start|stop|storage|submit|suspend|timeerror|timeupdate|toggle|touch|track|transition|"
    r"unhandled|unload|volume|waiting|webkit|wheel|zoom)[a-z]*"
)
#: Events that only the reader causes.
_WAITS: Final = later(
    r"on(?:auxclick|blur|change|click|contextmenu|copy|cut|dblclick|drag[a-z]*|drop|focus|focusin|focusout|help|input|invalid|key[a-z]+|"
    r"mouse[a-z]+|paste|pointer[a-z]+|reset|select|selectstart|submit|touch[a-z]+|wheel)"
)
#: Code that only calls off, or changes how the element itself looks.
_NOTHING: Final = later(
    rb"(?:\s|;|javascript:|return\b|true\b|false\b|void\s*\(\s*0?\s*\)|void 0\b|if\s*\(\s*this\.blur\s*\)|"
    rb"(?:window|self)\.status\s*=\s*(?:'[^']{0,200}'|\"[^\"]{0,200}\"|this\.\w{1,20})|"
    rb"this\.(?:blur|focus|select)\s*\(\s*\)|this\.onerror\s*=\s*null|event\.(?:preventDefault|stopPropagation)\s*\(\s*\)|"
    rb"this\.(?:style\.\w{1,30}|className|width|height|border|alt|title|value)\s*=\s*(?:'[^'<>]{0,200}'|\"[^\"<>]{0,200}\"|\d{1,5}|this\.\w{1,20}))*+",
    re.IGNORECASE,
)
#: Attributes that make an event of the reader one that comes by itself.
_BY_ITSELF: Final = ("autofocus", "contenteditable", "accesskey", "tabindex")


def is_idle(key: str, value: bytes, given: dict[str, bytes]) -> bool:
    """Whether a handler in a mail does nothing that the reader does not cause.

    Args:
        key: the attribute's name in lower case.
        value: its code.
        given: attributes of the tag up to it.
    """
    if _NOTHING.fullmatch(value):
        return True
    return _WAITS.fullmatch(key) is not None and not any(name in given for name in _BY_ITSELF[:1])
