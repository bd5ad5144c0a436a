rule Shortcut_Loads_Library_Beside_It
{
    meta:
        author = "attachguard"
        description = "A Windows shortcut that loads a library beside it, by number or under the name of other content"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1218/011/"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "bat"
        attachguard_scope = "script"
    strings:
        $other = /rundll32(\.exe)??["']?? [^\r\n,].{0,201}?\.(dat|tmp|jpg|jpeg|png|log|txt|bin|db|ini|ocx|gif|doc|pdf)["']??,/ nocase
        $number = /rundll32(\.exe)??["']?? [^\r\n,].{0,201}?,#\d/ nocase
        $beside = /rundll32(\.exe)?["']? {1,4}["']?(\.\\)?[\w-]{1,40}\\[^\r\n,:]{1,120},/ nocase
        $silent = /regsvr32(\.exe)?["']? {1,4}(\/[\w:]{1,12} ){0,3}\/s( \/[\w:]{1,12}){0,3} ["']?(\.\\)?[\w-]{1,40}\\[^\r\n:]/ nocase
        $script1 = "/e:jscript" nocase
        $script2 = "/e:vbscript" nocase
        $script3 = "/e:javascript" nocase
    condition:
        ag_parent_type == "lnk" and ag_role == "layer" and filesize < 64KB and any of them
}
