// The test file of the antivirus makers: 68 fixed bytes at the start, then nothing but blanks, 128 bytes at most (eicar.org).
// It is told by its first four bytes, by the four before the name, and by the name; not spelt out here, so that no scanner takes this file for it.

rule EICAR_Test_File
{
    meta:
        author = "attachguard"
        description = "The EICAR test file, which every malware scanner reports"
        date = "2026-11-22"
        score = 100
        attachguard_code = "malware-signature"
        attachguard_types = "text script com unknown"
        attachguard_types = "text script com unknown"
    strings:
        $name = { 2D 53 54 41 4E 44 41 52 44 2D 41 4E 54 49 56 49 52 55 53 2D 54 45 53 54 2D 46 49 4C 45 }
    condition:
        filesize <= 128 and uint32be(0) == 0x58354F21 and uint32be(23) == 0x4329377D and $name at 33
}
