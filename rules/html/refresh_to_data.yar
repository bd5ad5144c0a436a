rule Page_Refreshes_Into_Encoded_Page
{
    meta:
        author = "attachguard"
        description = "A page that sends its reader on to a page in its own text"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1027/006/"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "html xhtml svg"
    strings:
        $refresh1 = "=data:text/html" nocase
        $refresh2 = "=\"refresh" nocase
        $refresh3 = "=refresh" nocase
        $refresh4 = "='refresh" nocase
        // Found from both ends, wherever there are thousands of one.
        $framed = /<(iframe|embed|object).{0,290}?=["']data:text\/html/ nocase
        $page1 = "=\"data:text/html" nocase
        $page2 = "='data:text/html" nocase
    condition:
        filesize < 20MB and (
            ($refresh1 and any of ($refresh2, $refresh3, $refresh4)) or (ag_role == "body" and any of ($page*))
            or $framed
        )
}
