rule Mail_Loads_QR_Code_From_Service
{
    meta:
        author = "attachguard"
        description = "A mail whose QR code is made by a service when the mail is read"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1566/002/"
        score = 60
        attachguard_code = "malware-suspected"
        attachguard_types = "html"
    strings:
        $service1 = "/v1/create-qr-code" nocase
        $service2 = "/chart?cht=qr" nocase
        $service3 = ".io/qr?" nocase
        $service4 = ".qrcode-monkey.com/" nocase
        $service5 = "//qr.io/" nocase
    condition:
        ag_role == "body" and filesize < 1MB and any of ($service*)
}
