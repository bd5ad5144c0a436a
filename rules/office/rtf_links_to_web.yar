// An OLE link whose source is on the web is fetched when the document opens, and what comes back may be a program (CVE-2017-0199, CVE-2022-30190).

rule RTF_Links_To_Web
{
    meta:
        author = "attachguard"
        description = "A Rich Text document with an object that is fetched from the web"
        date = "2026-11-22"
        score = 75
        attachguard_code = "malware-suspected"
        attachguard_types = "cfb bin"
    condition:
        // URL moniker {79EAC9E0-BAF9-11CE-8C82-00AA004BA90B}, which stands at a multiple of 4; a length; then "ht" in UTF-16.
        ag_parent_type == "rtf" and filesize < 256KB
        and for any word in (0..filesize \ 4) : (
            uint32(word * 4) == 0x79EAC9E0 and uint32(word * 4 + 12) == 0x0BA94B00
            and (uint32(word * 4 + 20) | 0x00200020) == 0x00740068
        )
}
