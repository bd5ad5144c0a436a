rule Script_Names_Object_By_Class_Number
{
    meta:
        author = "attachguard"
        description = "A script that names the shell by its number, to keep its name out of sight"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1559/001/"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "vb js wsf hta sct"
        attachguard_scope = "macro script"
    strings:
        $new1 = "GetObject(\"new:" nocase
        $new2 = "\"new:{" nocase
        $new3 = "'new:{" nocase
        $new4 = "\"new:\"" nocase
        // WScript.Shell, Shell.Application, ShellWindows, ShellBrowserWindow, XMLHTTP, WinHttpRequest, Scripting.FileSystemObject
        $class1 = "72C24DD5-D70A-438B-8A42-98424B88AFB8" nocase
        $class2 = "13709620-C279-11CE-A49E-444553540000" nocase
        $class3 = "9BA05972-F6A8-11CF-A442-00A0C90A8F39" nocase
        $class4 = "C08AFD90-F2A1-11D1-8455-00A0C91F3880" nocase
        $class5 = "F6D90F16-9C73-11D3-B32E-00C04F990BB4" nocase
        $class6 = "2087C2F4-2CEF-4953-A8AB-66779B670495" nocase
        $class7 = "F935DC22-1CF0-11D0-ADB9-00C04FD58A0B" nocase
    condition:
        filesize < 2MB and (any of ($new*) and any of ($class*))
}
