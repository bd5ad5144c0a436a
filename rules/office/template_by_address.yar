rule OOXML_Fetches_From_Bare_Address
{
    meta:
        author = "attachguard"
        description = "An Office document that fetches its template, an object or a page from a server without a name, or behind a sign that hides its name"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1221/"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "xml"
    strings:
        $kind1 = "/attachedTemplate\""
        $kind2 = "/oleObject\""
        $kind3 = "/frame\""
        $kind4 = "/subDocument\""
        $kind5 = "/aFChunk\""
        // Four numbers, one number, or a name in front of the real one, in an attribute that follows the kind
        $address1 = /="(mhtml:)?https?:\/\/\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}[:\/]/
        $address2 = /="(mhtml:)?https?:\/\/(\d{8,10}|0x[0-9a-f]{8})[:\/]/
        $address3 = /="(mhtml:)?https?:\/\/[^<>"\/]{1,60}@/
    condition:
        ag_role == "layer" and filesize < 5MB and any of ($kind*) and
        for any of ($kind*) : (for any place in (1..#) : (any of ($address*) in (@[place]..@[place] + 80)))
}
