rule Mail_Loads_QR_Code_From_Service
{
    meta:
        author = "attachguard"
        description = "A mail whose QR code is made by a service when the mail is read, so that it can be another one each time"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1566/002/"
        score = 60
        attachguard_code = "malware-suspected"
        attachguard_types = "html"
    strings:
        $service1 = "api.qrserver.com/v1/create-qr-code" nocase
        $service2 = "/chart?cht=qr" nocase
        $service3 = "quickchart.io/qr?" nocase
        $service4 = "qrcode-monkey" nocase
        $service5 = "//qr.io/" nocase
        $ask1 = "passwor" nocase
        $ask2 = "kennwort" nocase
        $ask3 = "authenticator" nocase
        $ask4 = "two-factor" nocase
        $ask5 = "zwei-faktor" nocase
    condition:
        ag_role == "body" and filesize < 1MB and any of ($service*) and any of ($ask*)
}
