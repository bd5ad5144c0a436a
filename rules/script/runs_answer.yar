rule Script_Runs_What_It_Fetches
{
    meta:
        author = "attachguard"
        description = "A script that fetches a text from the net and runs it as code"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1105/"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "vb js wsf hta sct"
        attachguard_scope = "macro script"
    strings:
        $fetch1 = ".XMLHTTP" nocase
        $fetch2 = ".ServerXMLHTTP" nocase
        $fetch3 = ".WinHttpRequest" nocase
        $run1 = /Execute(Global)? ?\(? ?\w{1,24}(\.\w{1,24})?\.responseText/ nocase
        $run2 = /eval\( ?[\w\[\]]{1,24}(\.[\w\[\]]{1,24})?\.responseText/ nocase
        $run3 = /Function\( ?\w{1,24}(\.\w{1,24})?\.responseText/
        $run4 = /\.AddCode\(? ?\w{1,24}(\.\w{1,24})?\.responseText/ nocase
    condition:
        filesize < 2MB and any of ($fetch*) and any of ($run*)
}
