// VBA, VBScript and JScript that fetch a file, store it and start it: the commonest dropper of all.

rule Script_Downloads_And_Runs
{
    meta:
        author = "attachguard"
        description = "A script that downloads a file, stores it and starts programs"
        date = "2026-11-30"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "vb js wsf sct"
        attachguard_scope = "macro script"
    strings:
        $fetch1 = ".XMLHTTP" nocase
        $fetch2 = ".ServerXMLHTTP" nocase
        $fetch3 = ".WinHttpRequest" nocase
        $store = ".SaveToFile" nocase
        // Fetches and stores in one call; the name of a DLL's function is case-sensitive.
        $fetch_and_store = "URLDownloadToFile"
        $run1 = ".Run " nocase
        $run2 = ".Run(" nocase
        $run3 = ".Exec(" nocase
        $run4 = ".ShellExecute" nocase
        $run5 = ".Shell\"" nocase
        $run6 = ".Shell'" nocase
        $run7 = ".exe\"" nocase
    condition:
        filesize < 2MB and ($fetch_and_store or (any of ($fetch*) and $store)) and any of ($run*)
}
