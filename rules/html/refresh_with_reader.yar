rule Page_Sends_Reader_On_By_Address
{
    meta:
        author = "attachguard"
        description = "An attached page that does nothing but send its reader on, with the address of the reader"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1566/002/"
        score = 75
        attachguard_code = "malware-suspected"
        attachguard_types = "html xhtml"
    strings:
        $refresh1 = "=\"refresh" nocase
        $refresh2 = "=refresh" nocase
        $refresh3 = "='refresh" nocase
        $target = /; ?url=["']?https?:\/\/[^"'<>\s;]{4,300}[?#&=\/][\w.+-]{1,40}(@|%40)[\w-]{1,40}\.[a-z]{2}/ nocase
    condition:
        ag_role != "body" and filesize < 64KB and any of ($refresh*) and $target
}
