rule HTML_Hides_Login_Form
{
    meta:
        author = "attachguard"
        description = "A page that asks for a password and hides its own source"
        date = "2026-11-22"
        score = 75
        attachguard_code = "malware-suspected"
        attachguard_types = "html xhtml"
    strings:
        $write1 = ".write(unescape(" nocase
        $write2 = ".write(atob(" nocase
        $write3 = ".write(decodeURIComponent(" nocase
        // An input of that kind, plain or encoded
        $form1 = "=\"password\"" nocase
        $form2 = "='password'" nocase
        $form3 = "%22password%22" nocase
    condition:
        filesize < 5MB and any of ($write*) and any of ($form*)
}
