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
        $blur = /(filte[rR]|-filter) ?: ?blur\(/ nocase
        $picture1 = "(data:image/" nocase
        $picture2 = "\"data:image/" nocase
        $picture3 = "'data:image/" nocase
        $picture4 = "url(http" nocase
        $send1 = ".php"
        $send2 = "/bot"
        $send3 = "atob("
        $send4 = ".ajax("
    condition:
        ag_role != "body" and filesize < 20MB and any of ($password*) and $blur and any of ($picture*) and any of ($send*)
}
