"""Archives, disk images and packages, for the table of file types."""

from __future__ import annotations

from typing import Final

TABLE: Final = """
# -- archives and compressed streams
zip|archive|a||application/zip|zip zipx cbz|ZIP archive
rar|archive|a||application/vnd.rar|rar r00 cbr rev|RAR archive
7z|archive|a||application/x-7z-compressed|7z cb7|7z archive
tar|archive|a||application/x-tar|tar|tar archive
gz|archive|a||application/gzip|gz tgz taz|gzip stream
bz2|archive|a||application/x-bzip2|bz2 tbz tbz2|bzip2 stream
xz|archive|a||application/x-xz|xz txz|xz stream
lzma|archive|a||application/x-lzma|lzma tlz|LZMA stream
lzip|archive|a||application/x-lzip|lz|lzip stream
zst|archive|a||application/zstd|zst tzst|Zstandard stream
lz4|archive|a||application/x-lz4|lz4|LZ4 stream
br|archive|a||application/x-brotli|br|Brotli stream
z|archive|a||application/x-compress|z|compress stream
zlib|archive|a||application/zlib|zz zlib|raw zlib stream
lzop|archive|ae||application/x-lzop|lzo|LZO stream
lrzip|archive|ae||application/x-lrzip|lrz|Long Range ZIP stream
rzip|archive|ae||application/x-rzip|rz|rzip stream
bz3|archive|ae||application/x-bzip3|bz3|bzip3 stream
snappy|archive|ae||application/x-snappy-framed|sz|Snappy stream
lzfse|archive|ae||application/x-lzfse|lzfse|LZFSE stream
szdd|archive|a||application/x-ms-compress|sz ex_ dl_ tx_|Microsoft compressed file
pack|archive|ae||application/x-pack|z|packed file
cab|archive|a||application/vnd.ms-cab-compressed|cab|cabinet
iscab|archive|ae||application/x-installshield|cab hdr|InstallShield cabinet
diagcab|executable|xa|cab|application/x-diagcab|diagcab|Windows troubleshooter package
arj|archive|a||application/x-arj|arj|ARJ archive
lha|archive|a||application/x-lzh-compressed|lzh lha|LHA archive
ace|archive|a||application/x-ace-compressed|ace|ACE archive
zoo|archive|a||application/x-zoo|zoo|ZOO archive
arc|archive|a||application/x-arc|arc|ARC archive
alz|archive|a||application/x-alz|alz|ALZ archive
egg|archive|a||application/x-egg|egg|EGG archive
sit|archive|a||application/x-stuffit|sit sitx|StuffIt archive
zpaq|archive|ae||application/x-zpaq|zpaq|ZPAQ archive
par2|archive|||application/x-par2|par2|recovery data
dar|archive|ae||application/x-dar|dar|DAR archive
e01|archive|ae||application/x-ewf|e01 l01 ex01|forensic image
cpio|archive|a||application/x-cpio|cpio|cpio archive
ar|archive|a||application/x-archive|a ar|ar archive
wim|archive|a||application/x-ms-wim|wim esd swm|Windows image
xar|archive|a||application/x-xar|xar|xar archive
pkg|executable|xa|xar|application/x-apple-installer|pkg|macOS installer
rpm|executable|xa||application/x-rpm|rpm|RPM package
deb|executable|xa|ar|application/vnd.debian.binary-package|deb udeb|Debian package
uue|archive|a|txt|text/x-uuencode|uu uue|uuencoded file
yenc|archive|a||text/x-yenc|yenc|yEnc file
hqx|archive|a|txt|application/mac-binhex40|hqx|BinHex file
shar|archive|a|txt|application/x-shar|shar|shell archive
applesingle|archive|a||application/applefile|as ad|AppleSingle/AppleDouble
# -- disk images
volume|archive|a||application/x-archive-volume||volume of a split archive
iso|archive|a||application/x-iso9660-image|iso|ISO 9660 image
udf|archive|a||application/x-udf-image|udf iso|UDF image
img|archive|a||application/x-raw-disk-image|img ima dd|raw disk image
fat|archive|a||application/x-fat-image|img ima vfd|FAT disk image
ntfs|archive|a||application/x-ntfs-image|img dd|NTFS volume
exfat|archive|a||application/x-exfat-image|img dd|exFAT volume
vhd|archive|a||application/x-vhd|vhd|VHD disk image
vhdx|archive|a||application/x-vhdx|vhdx|VHDX disk image
vmdk|archive|a||application/x-vmdk|vmdk|VMDK disk image
qcow|archive|a||application/x-qemu-disk|qcow qcow2|QCOW disk image
dmg|archive|a||application/x-apple-diskimage|dmg|macOS disk image
squashfs|archive|a||application/vnd.squashfs|squashfs snap|SquashFS image
cramfs|archive|a||application/x-cramfs|cramfs|CramFS image
romfs|archive|ae||application/x-romfs|romfs|ROM file system
ext|archive|a||application/x-ext-image|ext2 ext3 ext4|Linux file system
hfs|archive|a||application/x-hfs-image|img hfs|HFS volume
apfs|archive|a||application/x-apfs-image|img|APFS volume
btrfs|archive|ae||application/x-btrfs-image|img|Btrfs volume
xfs|archive|ae||application/x-xfs-image|img|XFS volume
vdi|archive|a||application/x-virtualbox-vdi|vdi|VirtualBox disk image
sparseimage|archive|ae||application/x-apple-sparseimage|sparseimage|macOS sparse image
mdf|archive|ae||application/x-cd-image|mdf bin|raw disc image
cso|archive|ae||application/x-cso|cso ciso|compressed disc image
chd|archive|ae||application/x-mame-chd|chd|compressed disc image (CHD)
# -- zip-based packages
jar|executable|xa|zip|application/java-archive|jar war ear|Java archive
apk|executable|xa|zip|application/vnd.android.package-archive|apk aab|Android package
ipa|executable|xa|zip|application/x-ios-app|ipa|iOS application
msix|executable|xa|zip|application/msix|msix appx msixbundle appxbundle|Windows app package
vsix|executable|xa|zip|application/vsix|vsix|Visual Studio extension
nupkg|executable|xa|zip|application/x-nuget|nupkg|NuGet package
whl|archive|a||application/x-wheel+zip|whl|Python wheel
crx|executable|xa|zip|application/x-chrome-extension|crx|Chrome extension
xpi|executable|xa|zip|application/x-xpinstall|xpi|Mozilla extension
gadget|executable|xa|zip|application/x-windows-gadget|gadget|Windows gadget
xap|executable|xa|zip|application/x-silverlight-app|xap|Silverlight application
air|executable|xa|zip|application/vnd.adobe.air-application-installer-package+zip|air|AIR application
pyz|executable|xa|zip|application/x-python-zipapp|pyz pyzw|Python application
oxt|executable|xa|zip|application/vnd.openofficeorg.extension|oxt|LibreOffice extension
asice|crypto|a|zip|application/vnd.etsi.asic-e+zip|asice sce|signed container (ASiC-E)
asics|crypto|a|zip|application/vnd.etsi.asic-s+zip|asics scs|signed container (ASiC-S)
"""
