rule Mail_Body_Asks_For_Password
{
    meta:
        author = "attachguard"
        description = "A mail whose text is a form that asks for a password"
        date = "2026-11-22"
        score = 75
        attachguard_code = "malware-suspected"
        attachguard_types = "html"
    strings:
        $password1 = "=\"password\"" nocase
        $password2 = "='password'" nocase
        $password3 = "=password>" nocase
        $password4 = "=password " nocase
    condition:
        ag_role == "body" and filesize < 2MB and any of them
}
