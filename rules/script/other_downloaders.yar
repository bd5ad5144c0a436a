rule Script_Downloads_By_Office_Or_Browser
{
    meta:
        author = "attachguard"
        description = "A script that fetches a program with the objects of a browser or of Office"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1220/"
        score = 75
        attachguard_code = "malware-suspected"
        attachguard_types = "vb js wsf hta"
        attachguard_scope = "macro script"
    strings:
        $object1 = "InternetExplorer.Application" nocase
        $object2 = "Microsoft.XMLDOM" nocase
        $object3 = "Msxml2.DOMDocument" nocase
        $object4 = "WinHttp.WinHttpRequest" nocase
        $object5 = "WindowsInstaller.Installer" nocase
        $how1 = ".InstallProduct" nocase
        $how2 = ".transformNode" nocase
        $how3 = ".ResponseBody" nocase
        $file1 = ".msi\"" nocase
        $file2 = ".msi'" nocase
        $file3 = ".xsl\"" nocase
        $file4 = ".xsl'" nocase
        $file5 = ".xslt\"" nocase
        $run1 = "Execute" nocase
        $run6 = "eval(" nocase
    condition:
        filesize < 2MB and (
            ($object5 and $how1 and any of ($file*)) or (any of ($object1, $object2, $object3) and $how2 and any of ($file*))
            or ($object4 and $how3 and any of ($run*))
        )
}
