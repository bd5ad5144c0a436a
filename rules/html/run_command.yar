rule Page_Makes_Reader_Run_Command
{
    meta:
        author = "attachguard"
        description = "A page that puts a command on the clipboard and tells its reader to run it"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1204/004/"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "html xhtml js svg"
    strings:
        $copy1 = ".clipboard.writeText(" nocase
        $copy2 = /\.execComman[dD]\(/
        $copy3 = ".setData(" nocase
        $tool1 = /powershel[lL](\.exe)?["']? (-|\/)\w/ nocase
        $tool2 = /msht[aA](\.exe)? ["']?http/ nocase
        $tool3 = "cmd /c" nocase
        $tool7 = "cmd /k" nocase
        $tool8 = "cmd.exe /" nocase
        $tool4 = /msiexe[cC](\.exe)? \/[iq]/ nocase
        $tool5 = "|iex" nocase
        $tool6 = "| iex" nocase
    condition:
        filesize < 5MB and any of ($copy*) and any of ($tool*)
}
