// Windows' own programs that fetch and run code when told to: no virus scanner stops them, because they belong there.

rule Windows_Tool_Runs_Remote_Code
{
    meta:
        author = "attachguard"
        description = "A command line that makes a Windows tool fetch or run foreign code"
        date = "2026-11-30"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "script"
        attachguard_scope = "macro script"
    strings:
        $regsvr32 = "/i:http" nocase                           // a scriptlet from the net
        $rundll32 = "..\\mshtml" nocase                         // script in the command line
        $certutil1 = "-urlcache" nocase                        // a download
        $certutil2 = "/urlcache" nocase
        $wmic = /\/format:["']?https?:\/\// nocase             // a stylesheet from the net, with script in it
        $mshta1 = /mshta[^\r\n]{1,24}\.hta/ nocase             // a page that runs as a program
        $mshta2 = /mshta[^\r\n]{4}?.{0,201}?[^\r\n]{16}?\.hta/ nocase
        $mshta4 = /mshta[^\r\n].{0,500}?\(window\.close\)/ nocase
        $mshta3 = /[mM]sht[aA](\.exe)?["']? ["']?https?:\/\// nocase
        $bitsadmin = /\/transfer [^\r\n]{1,120}https?:\/\// nocase
    condition:
        filesize < 2MB and any of them
}
