rule OneNote_Asks_For_Double_Click
{
    meta:
        author = "attachguard"
        description = "A OneNote page that asks for a double click and has a program or script behind it"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1204/002/"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "one"
    strings:
        $file = { E7 16 E3 BD 65 26 11 45 A4 C4 8D 4D 0B 7A 9E AC }
        $ask1 = "ouble click" wide nocase
        $ask2 = "ouble-click" wide nocase
        $ask3 = "oppelklick" wide nocase
        $ask4 = "lick to view" wide nocase
        $ask5 = "lick here to view" wide nocase
        $name1 = ".hta" wide nocase
        $name2 = ".vbs" wide nocase
        $name3 = ".jse" wide nocase
        $name4 = ".wsf" wide nocase
        $name5 = ".bat" wide nocase
        $name6 = ".cmd" wide nocase
        $name7 = ".ps1" wide nocase
        $name8 = ".lnk" wide nocase
        $name9 = ".exe" wide nocase
        $name10 = ".chm" wide nocase
        $name11 = ".scr" wide nocase
        $name12 = ".msi" wide nocase
        $name13 = { 2E 00 6A 00 73 00 00 00 }  // .js and the end of the name
    condition:
        filesize < 50MB and $file and any of ($ask*) and any of ($name*)
}
