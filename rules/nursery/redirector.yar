rule Link_Through_Open_Redirector
{
    meta:
        author = "attachguard"
        description = "A link that goes through another site and carries the address of its reader"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1566/002/"
        score = 60
        attachguard_code = "malware-suspected"
        attachguard_types = "html"
    strings:
        $through1 = /google\.[a-z.]{2,6}\/(url\?|amp\/s\/)[^"'<>\s]{10,400}/ nocase
        $through2 = /bing\.com\/ck\/a\?[^"'<>\s]{10,400}/ nocase
        $through3 = /\.baidu\.com\/link\?url=[^"'<>\s]{10,400}/ nocase
        $through4 = /adclick\.g\.doubleclick\.net\/pcs\/click[^"'<>\s]{10,400}/ nocase
        $reader1 = /%40[\w-]{1,60}\.[\w.]{2,20}["']/
        $reader2 = /[#=\/](YQ|Ym|Yw|ZG|ZQ|Zm|aW|bW|bm|cm|cw|dG)[A-Za-z0-9+\/]{14,90}(==|=)["']/
    condition:
        ag_role == "body" and filesize < 2MB and any of ($through*) and any of ($reader*)
}
