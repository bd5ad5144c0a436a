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
        $value = /valu[eE]="[\w.+-]{1,64}@[\w-]{1,60}\.[\w.]{2,30}"/ nocase
        $saved = "<!-- saved from url=("
        $fixed1 = "\" readonly" nocase
        $fixed2 = "' readonly" nocase
        $fixed3 = "readonly=\"" nocase
    condition:
        ag_role != "body" and filesize < 5MB and any of ($password*) and for any place in (1..#value) : (any of ($fixed*) in (@value[place] - 160..@value[place] + 200)) and not $saved
}
