rule SVG_Script_Decodes_And_Leaves
{
    meta:
        author = "attachguard"
        description = "A drawing whose script decodes something and takes the reader there"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1027/017/"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "js"
        attachguard_scope = "script"
    strings:
        $code1 = "atob("
        $code2 = ".fromCharCode("
        $code3 = ".charCodeAt("
        $code4 = "unescape("
        $code5 = "decodeURIComponent("
        $go1 = /locatio[nN](\.href)? ?=/
        $go2 = "location.replace("
        $go3 = "location.assign("
        $go4 = "window.open("
        $go5 = "document.write("
        $go6 = ".createObjectURL("
        $go7 = "eval("
        $go8 = "new Function("
        $go9 = ".constructor("
    condition:
        (ag_parent_type == "svg" or ag_parent_type == "svgz") and filesize < 5MB and any of ($code*) and any of ($go*)
}
