rule Mail_Asks_For_Call_About_Payment
{
    meta:
        author = "attachguard"
        description = "A mail about a payment that was never made, to be cancelled by telephone"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1566/004/"
        score = 65
        attachguard_code = "malware-suspected"
        attachguard_types = "txt html"
    strings:
        $service1 = "PayPal" nocase
        $service2 = "Norton" fullword
        $service3 = "Geek Squad" nocase
        $service4 = "McAfee"
        $service5 = "Best Buy" nocase
        $service6 = "Windows Defender" nocase
        $service7 = "Coinbase"
        $paid1 = "auto-renew" nocase
        $paid2 = "automatically renewed" nocase
        $paid3 = "has been charged" nocase
        $paid4 = "will be debited" nocase
        $paid5 = "wird abgebucht" nocase
        $call1 = /(call|contact|dial|reach)[^<>\r\n]{1,80}\+?1?[ -]?\(?8\d\d\)?[ -.]{1,2}\d{3}[ -.]\d{4}/ nocase
        $call2 = /(rufen|anrufen|telefon|hotline)[^<>\r\n]{1,80}\+?49?[ -]?\(?0?800\)?[ -.\/]{1,3}\d{3}/ nocase
    condition:
        ag_role == "body" and filesize < 512KB and any of ($service*) and any of ($paid*) and any of ($call*)
}
