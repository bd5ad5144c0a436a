rule PDF_Script_Runs_Hidden_Text
{
    meta:
        author = "attachguard"
        description = "A PDF script that runs what it takes from the notes, fields or properties of its document"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1027/009/"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "js"
        attachguard_scope = "pdf-script"
    strings:
        $run1 = "eval("
        $run2 = "app.setTimeOut("
        $run3 = ".setInterval("
        $from1 = ".getAnnots("
        $from2 = ".getAnnot("
        $from3 = /this\.info\.\w{3,20}/
        $from4 = ".syncAnnotScan("
        $from5 = /getField\(["'][^"']{1,60}["']\)\.(value|rawValue)/
        $code1 = ".fromCharCode("
        $code2 = "unescape("
        $code3 = ".replace("
        $code4 = ".split("
        $code5 = "parseInt("
    condition:
        filesize < 5MB and any of ($run*) and any of ($from*) and any of ($code*)
}
