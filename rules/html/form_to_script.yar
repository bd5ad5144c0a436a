rule Page_Sends_Password_To_Script
{
    meta:
        author = "attachguard"
        description = "An attached page that asks for a password and sends it to a script of a foreign server"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1598/003/"
        score = 75
        attachguard_code = "malware-suspected"
        attachguard_types = "html xhtml"
    strings:
        $password1 = "=\"password\"" nocase
        $password2 = "='password'" nocase
        $password3 = "=password>" nocase
        $password4 = "=password " nocase
        $action = /=["']?https?:\/\/[^"'<>\s]{4,200}\.php["'\s?>]/ nocase
    condition:
        ag_role != "body" and filesize < 5MB and any of ($password*) and $action
}
