"""Classes of objects that act in a document they are embedded in, whatever their data holds: browsers, players, forms of web pages.

By class identifier, as storages have it, and by program identifier, as OLE 1 data and XML name it.

References: Microsoft, "How to stop an ActiveX control from running in Internet Explorer" and "Security settings for COM objects in Office" (kill bits
of Office), CVE-2018-4878 (Flash), the object Shell.Explorer.1 with a shortcut inside.
"""

from __future__ import annotations

import re
from typing import Final

from attachguard.later import later

_CLASSES: Final = {
    "EAB22AC3-30C1-11CF-A7EB-0000C05BAE0B": "Shell.Explorer.1",
    "8856F961-340A-11D0-A96B-00C04FD705A2": "Shell.Explorer.2",
    "5512D110-5CC6-11CF-8D67-00AA00BDCE1D": "Forms.HTML:Submitbutton.1",
    "5512D112-5CC6-11CF-8D67-00AA00BDCE1D": "Forms.HTML:Image.1",
    "5512D122-5CC6-11CF-8D67-00AA00BDCE1D": "Forms.HTML:Hidden.1",
    "25336920-03F9-11CF-8FD0-00AA00686F13": "htmlfile",
    "25336921-03F9-11CF-8FD0-00AA00686F13": "htmlfile",
    "42042206-2D85-11D3-8CFF-005004838597": "htmlfile (Office)",
    "3050F4D8-98B5-11CF-BB82-00AA00BDCE0B": "htafile",
    "3050F67D-98B5-11CF-BB82-00AA00BDCE0B": "MSHTML window",
    "AE24FDAE-03C6-11D1-8B76-0080C744F389": "ScriptBridge.ScriptBridge.1",
    "06290BD3-48AA-11D2-8432-006008C3FBFC": "script component",
    "F935DC22-1CF0-11D0-ADB9-00C04FD58A0B": "WScript.Shell",
    "72C24DD5-D70A-438B-8A42-98424B88AFB8": "WScript.Shell",
    "13709620-C279-11CE-A49E-444553540000": "Shell.Application",
    "D27CDB6E-AE6D-11CF-96B8-444553540000": "ShockwaveFlash.ShockwaveFlash",
    "166B1BCA-3F9C-11CF-8075-444553540000": "SWCtl.SWCtl",
    "6BF52A52-394A-11D3-B153-00C04F79FAA6": "WMPlayer.OCX.7",
    "22D6F312-B0F6-11D0-94AB-0080C74C7E95": "MediaPlayer.MediaPlayer.1",
    "02BF25D5-8C17-4B23-BC80-D3488ABDDC6B": "QuickTime.QuickTime",
    "CFCDAA03-8BE4-11CF-B84B-0020AFBBCCFA": "rmocx.RealPlayer G2 Control",
    "DFEAF541-F3E1-4C24-ACAC-99C30715084A": "AgControl.AgControl",
}
_PROGRAMS: Final = later(
    r"(?:shell\.explorer|forms\.html:|htmlfile|htafile|scriptbridge\.|scriptletfile|wscript\.|wsh\.|shell\.application|shockwaveflash\.|swctl\.|"
    r"wmplayer\.|mediaplayer\.mediaplayer|quicktime\.|quicktimecheck|rmocx\.|agcontrol\.|internetexplorer\.|mshtml|msxml2\.|xmlfile)",
    re.IGNORECASE,
)


def control_of_class(class_id: str) -> str:
    """The name of a class that acts; empty for any other.

    Args:
        class_id: as `class_text` gives it.
    """
    return _CLASSES.get(class_id, "")


def is_control(program: str) -> bool:
    """Whether a program identifier is that of a class that acts."""
    return _PROGRAMS.match(program.strip()) is not None
