rule Page_Writes_Encoded_Page
{
    meta:
        author = "attachguard"
        description = "A script that holds a whole page in code and shows it"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1027/013/"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "js"
        attachguard_scope = "script"
    strings:
        // <!DOCTYPE, <!doctype, <html, <HTML, <script, <SCRIPT
        $page1 = /["'`]PCFET0NUWVBF[A-Za-z0-9+\/]{32}/
        $page2 = /["'`]PCFkb2N0eXBl[A-Za-z0-9+\/]{32}/
        $page3 = /["'`]PGh0bWw[A-Za-z0-9+\/]{32}/
        $page4 = /["'`]PEhUTUw[A-Za-z0-9+\/]{32}/
        $page5 = /["'`]PHNjcmlwd[A-Za-z0-9+\/]{32}/
        // The same by percent signs, by numbers, by escapes
        $percent1 = "%3C%68%74%6D%6C" nocase
        $percent2 = "%3C%21%44%4F%43%54" nocase
        $percent3 = "%3C%21%64%6F%63%74" nocase
        $percent4 = "%3C%73%63%72%69%70%74" nocase
        $number1 = ".fromCharCode(60,33,"
        $number2 = ".fromCharCode(60,104,116,109,"
        $number3 = ".fromCharCode(60,115,99,114,"
        $escape1 = "\\x3c\\x68\\x74\\x6d" nocase
        $escape2 = "\\x3c\\x21\\x44\\x4f" nocase
        $escape3 = "\\x3c\\x73\\x63\\x72" nocase
        $show1 = "document.write"
        $show2 = ".srcdoc"
        $show3 = ".innerHTML"
        $show4 = ".createObjectURL("
        $show5 = ".insertAdjacentHTML("
        $show6 = ".parseFromString("
    condition:
        filesize < 40MB and any of ($page*, $percent*, $number*, $escape*) and any of ($show*)
}
