rule Page_Forwards_Reader_By_Fragment
{
    meta:
        author = "attachguard"
        description = "A script of an attached page that decodes an address and hands it on behind the number sign of another page"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1566/002/"
        score = 75
        attachguard_code = "malware-suspected"
        attachguard_types = "js"
        attachguard_scope = "script"
    strings:
        $go = /(locatio[nN](\.href)?|locatio[nN]\.replace\(|windo[wW]\.open\(|\.assign\() ?=? ?["'`]https?:\/\/[^"'`\s]{4,200}[#?][^"'`\s]{0,40}["'`] ?\+/
        $template = /(locatio[nN](\.href)?|locatio[nN]\.replace\() ?=? ?`https?:\/\/[^`\s]{4,200}#[^`\s]{0,40}\$\{/
        $code1 = "atob("
        $code2 = "btoa("
    condition:
        (ag_parent_type == "html" or ag_parent_type == "xhtml" or ag_parent_type == "svg") and filesize < 5MB
        and ($go or $template) and any of ($code*)
}
