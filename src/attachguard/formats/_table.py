"""Made from the modules by `python -m attachguard.formats --table`: move a line where the order of inspectors matters, change nothing else."""

from __future__ import annotations

from typing import Final

# fmt: off
#: Every inspector and the types it inspects; where several know a type, they run in this order.
TABLE: Final = """
media.appended 3gp avi avif bmp cur gif heic ico jpg m4a mov mp4 pdf png ps rtf tif wav webp zip
pdf.pdf ai fdf pdf
pdf.xdp xdp
mail.eml eml emlx
crypto.pem pem txt
crypto.cms p7b pkcs7 tsr
crypto.pkcs12 p12
crypto.pgp html pgp txt
crypto.vault aescrypt age axcrypt csv dmg-enc git-crypt ini jceks jks json kdbx keychain luks md openssl-enc p8 pem pfile ppk psafe3 rpmsg toml txt vault yaml
office.cfbhidden cfb
office.cfb cfb
office.ooxmlenc ooxml-enc ooxml-irm
office.doc doc
office.xls biff xls
office.ppt ppt
office.oleobjects cfb doc hwp mpp msg ppt pub vsd wps xls
office.cfbstreams cfb doc hwp jtd jumplist mpp msi msp ooxml-enc ooxml-irm ppt pub qpw rvt sdc sdd sds sdw smf thumbs vbaproject vsd wpd wps xls xls5
office.vba cfb doc hwp mpp ppt pub vbaproject vsd wps xls
office.access accdb mdb
office.hwp hwp
mail.msg msg
mail.tnef tnef
mail.calendar ics
mail.card vcf
office.onenote one
mail.uuencode csv html json txt uue xml
mail.yenc txt yenc
mail.hqx hqx txt
mail.appledouble applesingle
archive.sevenzip 7z
archive.rar rar
archive.gzip gz svgz
archive.streams br bz2 lz4 lzip lzma xz z zlib zst
archive.tar tar
archive.zip zip
office.ooxml docm docx dotm dotx dwfx opc potm potx ppam ppsm ppsx pptm pptx sldm sldx thmx vsdm vsdx xlam xlsb xlsm xlsx xltm xltx xps
office.odf hwpx odb odc odf odg odi odm odp ods odt otg oth otp ots ott oxt sxc sxd sxi sxw
markup.html hta htc html xhtml
markup.svg svg
markup.xml excel2003 flatopc fodg fodp fods fodt gpx kml plist rss word2003 xdp xfdf xml xslt
office.rtf rtf
text.spreadsheettext csv dif slk txt
text.playlists asx m3u shellini
program.launchers appinstaller application appref-ms autorun desktop ica inf iqy jnlp library-ms mobileconfig msc odc-data osd profile rdp reg remote scf search-ms settingcontent-ms setup source terminal theme udl url vpn webloc wsb wsh
mail.mht mht
mail.mbox mbox
office.activemime activemime
archive.unread unread
archive.volumes bz2 dmg gz img iso lzip lzma tar vhd vhdx vmdk volume wim xz zip zst
archive.cab cab onepkg
archive.ar ar deb
archive.cpio cpio
archive.rpm rpm
disk.disk exfat fat img ntfs vhd vhdx
disk.opaque alz apfs arc chm cramfs dmg egg ext hfs qcow sit squashfs szdd vdi vmdk wim zoo
archive.arj arj
archive.ace ace
archive.lha lha
archive.xar pkg xar
disk.iso iso
disk.udf udf
program.elf elf
program.lnk lnk
program.macho macho
program.pe le mz ne pe
program.postscript eps ps
"""  # noqa: E501  one line each

#: Of what looks into plain text: octets without one of which it has nothing to say about text, a page, a table or plain XML.
MARKS: Final[dict[str, tuple[bytes, ...]]] = {
    "crypto.pem": (b"-----BEGIN ", b"MI"),
    "crypto.pgp": (b"-----BEGIN PGP ", b"\x00"),
    "crypto.vault": (b"$ANSIBLE_VAULT;", b"ENC[", b"ENC(", b"{cipher}", b"STRONGBOX", b"SealedSecret", b"eyJ", b'ciphertext"', b'"encrypted'),
    "mail.uuencode": (b"begin",),
    "mail.yenc": (b"=ybegin ",),
    "mail.hqx": (b"(This file must be converted with BinHex",),
    "text.spreadsheettext": (b"|", b"("),
}
