rule Page_Writes_Encoded_Page
{
    meta:
        author = "attachguard"
        description = "A script that holds a whole page in base64 and shows it"
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
        $show1 = "document.write"
        $show2 = ".srcdoc"
        $show3 = ".innerHTML"
        $show4 = ".createObjectURL("
        $show5 = ".insertAdjacentHTML("
        $show6 = ".parseFromString("
    condition:
        filesize < 40MB and any of ($page*) and any of ($show*)
}
