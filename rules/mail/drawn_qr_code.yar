// A QR code has the same square in three of its corners. Drawn with letters that are half blocks it begins with this row, twice, and the rows
// below it; other ways of drawing (two letters a module) have rows of full blocks.

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
        $top = { E2 96 88 E2 96 80 E2 96 80 E2 96 80 E2 96 80 E2 96 80 E2 96 88 }          // full, five upper halves, full
        $middle = { E2 96 88 20 E2 96 88 E2 96 88 E2 96 88 20 E2 96 88 }                 // the square inside
        $bottom = { E2 96 80 E2 96 80 E2 96 80 E2 96 80 E2 96 80 E2 96 80 E2 96 80 }     // its lower edge
        $dark = { E2 96 84 E2 96 84 E2 96 84 E2 96 84 E2 96 84 E2 96 84 E2 96 84 }       // inverted: the edge as lower halves
        $inside = { E2 96 88 20 E2 96 84 E2 96 84 E2 96 84 20 E2 96 88 }                 // inverted: the square inside
    condition:
        filesize < 2MB and ((#top >= 2 and #middle >= 2 and #bottom >= 2) or (#dark >= 2 and #inside >= 3))
}
