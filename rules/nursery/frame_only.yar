rule Page_Is_Frame_Of_Other_Site
{
    meta:
        author = "attachguard"
        description = "An attached page that is a frame of another site and nothing else"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1566/001/"
        score = 60
        attachguard_code = "malware-suspected"
        attachguard_types = "html xhtml"
    strings:
        $frame = "<iframe" nocase
        $source = /src=["']https?:\/\// nocase
        $full1 = "100vh" nocase
        $full2 = "position:fixed" nocase
        $full3 = "position: fixed" nocase
        $full4 = "height=\"100%\"" nocase
        $full5 = "height:100%" nocase
    condition:
        ag_role != "body" and filesize < 4KB and $frame and $source and any of ($full*)
}
