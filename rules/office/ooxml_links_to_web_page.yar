// An OLE link whose source is on the web is fetched when the document opens, and what comes back may be a program (CVE-2017-0199, CVE-2022-30190).

rule OOXML_Links_To_Web_Page
{
    meta:
        author = "attachguard"
        description = "An Office document with an object that is a web page, which Office opens with a browser's rights"
        date = "2026-11-22"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "xml"
    strings:
        // A relationship of the kind oleObject; the mark of this trick is the exclamation mark behind the address.
        $link = /\/oleObject"[^<>]{1,60}"(mhtml:)?https?:[^<>"]{4,300}!"/
    condition:
        $link
}
