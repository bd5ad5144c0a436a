rule Page_Fights_Its_Inspection
{
    meta:
        author = "attachguard"
        description = "A script that looks for tools of analysts, locks the keyboard against them, and writes a decoded page"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1497/001/"
        score = 75
        attachguard_code = "malware-suspected"
        attachguard_types = "js"
        attachguard_scope = "script"
    strings:
        $tool1 = "navigator.webdriver"
        $tool2 = ".callPhantom"
        $tool3 = "._phantom"
        $tool4 = "(\"Burp\")"
        $tool5 = "HeadlessChrome"
        $key1 = /\.keyCode ?===? ?123/
        $key2 = /\.keyCode ?===? ?["']?73/
        $key3 = /\.key ?===? ?["']F12["']/
        $key4 = "\"contextmenu\""
        $key5 = "'contextmenu'"
        $trap1 = /[;{]debugger ?;/
        $trap2 = "(\"debugger\")"
        $trap3 = "('debugger')"
        $code1 = "(atob("
        $code2 = "=atob("
        $code3 = "= atob("
        $code4 = "decodeURIComponent(escape("
        $code5 = ".fromCharCode("
        $write1 = "document.write("
        $write2 = ".innerHTML"
        $write3 = ".location"
        $write4 = ".srcdoc"
    condition:
        filesize < 5MB and any of ($code*) and any of ($write*)
        and ((any of ($tool*) and any of ($key*)) or (any of ($trap*) and 2 of ($key*)))
}
