rule Shortcut_Opens_Document_And_Program
{
    meta:
        author = "attachguard"
        description = "A Windows shortcut that opens a document for the eye and starts a program or script beside it"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1204/002/"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "bat"
        attachguard_scope = "script"
    strings:
        $pair1 = /\.pdf["']?[ \t]{0,8}[&;]/ nocase
        $pair2 = /\.docx?["']?[ \t]{0,8}[&;]/ nocase
        $pair3 = /\.xlsx?["']?[ \t]{0,8}[&;]/ nocase
        $pair4 = /\.rtf["']?[ \t]{0,8}[&;]/ nocase
        $document = /[&;] ??(start|explorer) .{1,201}?\.(pdf|docx??|xlsx??|rtf)/ nocase
        $run1 = /rundll32(\.exe)? / nocase
        $run2 = /regsvr32(\.exe)? / nocase
        $run3 = /[wc]script(\.exe)? / nocase
        $run4 = /start[ \t].{1,201}?\.(exe|scr|com|dll|bat|cmd|vbs|js)/ nocase
        $run5 = /msht[aA](\.exe)? / nocase
        $run6 = /powershel[lL](\.exe)? / nocase
    condition:
        ag_parent_type == "lnk" and ag_role == "layer" and filesize < 64KB and ($document or any of ($pair*)) and any of ($run*)
}
