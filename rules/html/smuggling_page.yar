rule HTML_Smuggles_Page_Into_Window
{
    meta:
        author = "attachguard"
        description = "A script that makes a page out of encoded text and goes there"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1027/006/"
        score = 75
        attachguard_code = "malware-suspected"
        attachguard_types = "js"
        attachguard_scope = "script"
    strings:
        $blob = /\[ ??atob\(.{1,300}?\], ??\{ ??["']??type["']?? ??: ??["']text\/html/
        $url = ".createObjectURL("
        $go1 = "location.href" fullword
        $go2 = "location.replace("
        $go3 = ".assign("
        $go4 = "window.open("
        $go5 = ".location ="
        $go6 = ".location="
        $go7 = ".src="
        $go8 = ".src ="
    condition:
        filesize < 40MB and $blob and $url and any of ($go*)
}
