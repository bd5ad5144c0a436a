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
        $refresh = /=["']?refresh["']?[^<>]{1,80}ur[lL] ?= ?["']?data:text\/html/ nocase
        $frame = /<(iframe|object|embed)[^<>]{1,200}=["']?data:text\/html;base64,/ nocase
        $link = "=\"data:text/html;base64," nocase
    condition:
        filesize < 20MB and ($refresh or $frame or (ag_role == "body" and $link))
}
