rule Login_Form_Over_Blurred_Document
{
    meta:
        author = "attachguard"
        description = "An attached page that lays a password form over a blurred picture of a document"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1598/003/"
        score = 75
        attachguard_code = "malware-suspected"
        attachguard_types = "html xhtml"
    strings:
        $password1 = "=\"password\"" nocase
        $password2 = "='password'" nocase
        $blur1 = ":blur(" nocase
        $blur2 = ": blur(" nocase
        $send1 = ".php"
        $send2 = "/bot"
        $send4 = ".ajax("
    condition:
        ag_role != "body" and filesize < 20MB and any of ($password*) and any of ($blur*) and any of ($send*)
}
