rule Address_Opens_Web_Share
{
    meta:
        author = "attachguard"
        description = "An address of a folder on a web server that Windows opens like one of its own"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1105/"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "url library-ms html xhtml svg xml"
    strings:
        $file = "=file://" nocase
        $port1 = "@SSL/" nocase
        $port2 = "@80/"
        $port3 = "@443/"
        $port4 = "@8080/"
        $folder1 = /\\\\[\w.-]{4,80}@SSL[@\\]/ nocase
        $folder2 = /\\\\[\w.-]{4,80}@80\\/ nocase
        $folder3 = /\\\\[\w.-]{4,80}@443\\/ nocase
        $folder4 = /\\\\[\w.-]{4,80}@8080\\/ nocase
        $address3 = "\\DavWWWRoot\\" nocase
    condition:
        filesize < 2MB and (any of ($address*, $folder*) or ($file and any of ($port*)))
}
