rule Login_Form_Knows_Its_Reader
{
    meta:
        author = "attachguard"
        description = "An attached page with a password form in which the address of its reader already stands"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1598/003/"
        score = 75
        attachguard_code = "malware-suspected"
        attachguard_types = "html xhtml"
    strings:
        $password1 = "=\"password\"" nocase
        $password2 = "='password'" nocase
        $known1 = /="[\w.+-]{1,64}@[\w-]{1,60}\.[\w.]{2,30}"[^<>]{0,120}readonly/ nocase
        $saved = "<!-- saved from url=("
        $known2 = /readonl[yY][^<>]{0,120}="[\w.+-]{1,64}@[\w-]{1,60}\.[\w.]{2,30}"/
    condition:
        ag_role != "body" and filesize < 5MB and any of ($password*) and any of ($known*) and not $saved
}
