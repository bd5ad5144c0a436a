rule HTML_Stores_Launcher
{
    meta:
        author = "attachguard"
        description = "A script that takes a disk image, script or program out of text and stores it"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1027/006/"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "js"
        attachguard_scope = "script"
    strings:
        $store1 = ".createObjectURL("
        $store2 = ".msSaveBlob("
        $store3 = ".msSaveOrOpenBlob("
        $decode1 = "atob("
        $decode2 = ".charCodeAt("
        $decode3 = ".fromCharCode("
        $name1 = /\.iso["'`]/ nocase
        $name2 = /\.img["'`]/ nocase
        $name3 = /\.vhdx?["'`]/ nocase
        $name4 = /\.hta["'`]/ nocase
        $name5 = /\.wsf["'`]/ nocase
        $name6 = /\.jse["'`]/ nocase
        $name7 = /\.vbs["'`]/ nocase
        $name8 = /\.vbe["'`]/ nocase
        $name9 = /\.lnk["'`]/ nocase
        $name10 = /\.exe["'`]/ nocase
        $name11 = /\.msix?["'`]/ nocase
        $name12 = /\.scr["'`]/ nocase
        $name13 = /\.xll["'`]/ nocase
        $name14 = /\.bat["'`]/ nocase
        $name15 = /\.cmd["'`]/ nocase
        $name16 = /\.ps1["'`]/ nocase
        $name17 = /\.chm["'`]/ nocase
        $name18 = /\.udf["'`]/ nocase
        $packed1 = /\.zip["'`]/ nocase
        $packed2 = /\.rar["'`]/ nocase
        $packed3 = /\.html?["'`]/ nocase
        $packed4 = /\.pdf["'`]/ nocase
        $snippet = /["']octet\/stream["']/
        $click = ".click()"
    condition:
        filesize < 40MB and any of ($store*) and any of ($decode*) and (any of ($name*) or ($snippet and any of ($packed*)))
        and ($click or $store2 or $store3)
}
