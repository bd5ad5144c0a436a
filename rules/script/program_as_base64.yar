// A Windows program written out as text, which a script turns back into a file. The first bytes of the header differ little between linkers.

rule Program_As_Base64
{
    meta:
        author = "attachguard"
        description = "A Windows program in base64 inside a script, page or text"
        date = "2026-11-22"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "script text svg rtf"
    strings:
        $program1 = "TVqQAAMAAAAEAAAA"
        $program2 = "TVpQAAIAAAAEAA8A"
        // A mail saved as text, or a web archive, holds its attachments this way; they are parts of their own there.
        $mail = "-Transfer-Encoding:" nocase
    condition:
        any of ($program*) and not $mail
}
