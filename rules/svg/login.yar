rule SVG_Holds_Login
{
    meta:
        author = "attachguard"
        description = "A drawing that holds a page with a password form or a frame of another site"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1027/017/"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "svg"
    strings:
        $page = "<foreignObject" nocase
        $form1 = "=\"password\"" nocase
        $form2 = "='password'" nocase
        $frame1 = /<iframe[^<>]{1,200}src ?= ?["'](https?:|data:text)/ nocase
        $frame2 = /<embed[^<>]{1,200}src ?= ?["'](https?:|data:text)/ nocase
    condition:
        filesize < 10MB and $page and (any of ($form*) or any of ($frame*))
}
