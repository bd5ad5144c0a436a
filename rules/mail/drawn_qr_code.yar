// A QR code has the same square in three of its corners: an edge of seven modules, a gap, a square of three inside. Programs draw two rows of modules
// with one row of half blocks, in black or in white, or each module with two full blocks; what is empty is a blank, or one that does not break.

rule Mail_Draws_QR_Code
{
    meta:
        author = "attachguard"
        description = "A text that draws a QR code with letters, which no reader of pictures sees"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1566/002/"
        score = 70
        attachguard_code = "malware-suspected"
        attachguard_types = "txt html"
    strings:
        $top = { E2 96 88 E2 96 80 E2 96 80 E2 96 80 E2 96 80 E2 96 80 E2 96 88 }  // full, five upper halves, full
        $middle = { E2 96 88 (20 | C2 A0) E2 96 88 E2 96 88 E2 96 88 (20 | C2 A0) E2 96 88 }  // the square inside
        $bottom = { E2 96 80 E2 96 80 E2 96 80 E2 96 80 E2 96 80 E2 96 80 E2 96 80 }  // its lower edge
        // Inverted
        $top2 = { E2 96 88 (20 | C2 A0) E2 96 84 E2 96 84 E2 96 84 E2 96 84 E2 96 84 (20 | C2 A0) E2 96 88 }
        $bottom2 = { E2 96 88 (20 | C2 A0) E2 96 88 E2 96 84 E2 96 84 E2 96 84 E2 96 88 (20 | C2 A0) E2 96 88 }
        // Two full blocks a module
        $middle3 = { E2 96 88 E2 96 88 (20 | C2 A0) (20 | C2 A0) E2 96 88 E2 96 88 E2 96 88 E2 96 88 E2 96 88 E2 96 88 (20 | C2 A0) (20 | C2 A0) E2 96 88 E2 96 88 }
    condition:
        filesize < 2MB and (
            (#top >= 2 and #middle >= 2 and #bottom >= 2) or (#top2 >= 2 and #bottom2 >= 2)
            or #middle3 >= 6
        )
}
