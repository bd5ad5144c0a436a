rule Page_Hides_Behind_Human_Test
{
    meta:
        author = "attachguard"
        description = "An attached page that shows a test for humans and decodes an address"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1027/"
        score = 65
        attachguard_code = "malware-suspected"
        attachguard_types = "html xhtml"
    strings:
        $test1 = "/turnstile/"
        $test2 = ".hcaptcha.com/1/api.js"
        $test3 = "/recaptcha/api.js"
        $code1 = "(atob("
        $code3 = "=atob("
        $code4 = "= atob("
        $code2 = ".fromCharCode("
        $go1 = ".hash"
        $go2 = "location.replace("
        $go3 = ".href="
        $go4 = ".href ="
    condition:
        ag_role != "body" and filesize < 5MB and any of ($test*) and any of ($code*) and any of ($go*)
}
