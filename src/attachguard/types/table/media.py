"""Pictures, sound, films and fonts, for the table of file types."""

from __future__ import annotations

from typing import Final

TABLE: Final = """
# -- images
png|image|||image/png|png apng|PNG image
jpg|image|||image/jpeg|jpg jpeg jpe jfif mpo jfi|JPEG image
gif|image|||image/gif|gif|GIF image
bmp|image|||image/bmp|bmp dib|BMP image
tif|image|||image/tiff|tif tiff ptif|TIFF image
webp|image|||image/webp|webp|WebP image
ico|image|||image/vnd.microsoft.icon|ico|icon
cur|image|||image/x-win-bitmap|cur|cursor
heic|image|||image/heic|heic heif hif heics|HEIC image
avif|image|||image/avif|avif|AVIF image
jp2|image|||image/jp2|jp2 jpx j2k jpf jpm j2c jpc mj2|JPEG 2000 image
jxl|image|||image/jxl|jxl|JPEG XL image
jbig2|image|||image/x-jbig2|jb2 jbig2|JBIG2 image
psd|image|||image/vnd.adobe.photoshop|psd psb|Photoshop image
ora|image||zip|image/openraster|ora|OpenRaster image
kra|image||zip|application/x-krita|kra|Krita image
xcf|image|||image/x-xcf|xcf|GIMP image
ai|image||pdf|application/illustrator|ai|Illustrator drawing
pbm|image|||image/x-portable-bitmap|pbm|portable bitmap
pgm|image|||image/x-portable-graymap|pgm|portable graymap
ppm|image|||image/x-portable-pixmap|ppm pnm pam|portable pixmap
xbm|image||txt|image/x-xbitmap|xbm|X bitmap
xpm|image||txt|image/x-xpixmap|xpm|X pixmap
tga|image|||image/x-tga|tga|Targa image
pcx|image|||image/x-pcx|pcx|PCX image
exr|image|||image/x-exr|exr|OpenEXR image
hdr|image|||image/vnd.radiance|hdr|Radiance image
dds|image|||image/vnd.ms-dds|dds|DirectDraw surface
icns|image|||image/icns|icns|Apple icon
emf|image|||image/emf|emf|enhanced metafile
wmf|image|||image/wmf|wmf|Windows metafile
fits|image|||image/fits|fits fit|FITS image
sgi|image|||image/x-sgi|sgi rgb bw|SGI image
ras|image|||image/x-sun-raster|ras sun|Sun raster image
dpx|image|||image/x-dpx|dpx|DPX image
cin|image|||image/x-cineon|cin|Cineon image
qoi|image|||image/qoi|qoi|QOI image
bpg|image|||image/bpg|bpg|BPG image
flif|image|||image/flif|flif|FLIF image
jxr|image|||image/jxr|jxr wdp hdp|JPEG XR image
jls|image|||image/jls|jls|JPEG-LS image
blp|image|||image/x-blp|blp|game texture (BLP)
mng|image|||video/x-mng|mng|MNG animation
jng|image|||image/x-jng|jng|JNG image
ani|image|||application/x-navi-animation|ani|animated cursor
ilbm|image|||image/x-ilbm|iff lbm ilbm|IFF picture
cr2|image|||image/x-canon-cr2|cr2|Canon raw image
cr3|image|||image/x-canon-cr3|cr3|Canon raw image (CR3)
crw|image|||image/x-canon-crw|crw|Canon raw image (CRW)
orf|image|||image/x-olympus-orf|orf|Olympus raw image
rw2|image|||image/x-panasonic-rw2|rw2|Panasonic raw image
raf|image|||image/x-fuji-raf|raf|Fuji raw image
x3f|image|||image/x-sigma-x3f|x3f|Sigma raw image
psp|image|||image/x-psp|psp pspimage|Paint Shop Pro image
miff|image|||image/x-miff|miff|ImageMagick image
dcx|image|||image/x-dcx|dcx|DCX fax image
gbr|image|||image/x-gimp-gbr|gbr|GIMP brush
pat|image|||image/x-gimp-pat|pat|GIMP pattern
wpg|image|||application/x-wpg|wpg|WordPerfect graphic
cdr|image|||application/x-coreldraw|cdr|CorelDRAW drawing
pict|image|||image/x-pict|pct pict|QuickDraw picture
mdi|image|||image/vnd.ms-modi|mdi|Document Imaging file
ktx|image|||image/ktx|ktx ktx2|texture (KTX)
astc|image|||image/astc|astc|texture (ASTC)
cgm|image||txt|image/cgm|cgm|CGM drawing
nitf|image|||image/nitf|ntf nitf|NITF image
fig|image||txt|image/x-xfig|fig|Xfig drawing
skp|image|||application/vnd.sketchup.skp|skp|SketchUp model
blend|data|||application/x-blender|blend|Blender scene
fbx|data|||application/x-fbx|fbx|3D model (FBX)
ply|data|||model/ply|ply|3D model (PLY)
3ds|data|||image/x-3ds|3ds|3D model (3DS)
las|data|||application/vnd.las|las laz|point cloud
dicom|image|||application/dicom|dcm dicom|DICOM image
icc|data|||application/vnd.iccprofile|icc icm|colour profile
# -- sound and video
mp3|audio|m||audio/mpeg|mp3 mp2 mp1 mpa|MP3 sound
wav|audio|m||audio/wav|wav|WAVE sound
aiff|audio|m||audio/aiff|aiff aif aifc 8svx|AIFF sound
au|audio|m||audio/basic|au snd|Sun sound
flac|audio|m||audio/flac|flac|FLAC sound
ogg|audio|m||audio/ogg|ogg oga opus ogv ogx spx ogm|Ogg media
aac|audio|m||audio/aac|aac|AAC sound
m4a|audio|m||audio/mp4|m4a m4b m4p f4a f4b|MPEG-4 sound
amr|audio|m||audio/amr|amr|AMR sound
midi|audio|m||audio/midi|mid midi rmi kar|MIDI music
ape|audio|m||audio/x-ape|ape|Monkey's Audio sound
caf|audio|m||audio/x-caf|caf|Core Audio sound
voc|audio|m||audio/x-voc|voc|Creative Voice sound
wv|audio|m||audio/x-wavpack|wv|WavPack sound
mpc|audio|m||audio/x-musepack|mpc|Musepack sound
tta|audio|m||audio/x-tta|tta|True Audio sound
tak|audio|m||audio/x-tak|tak|TAK sound
ac3|audio|m||audio/ac3|ac3|AC-3 sound
dts|audio|m||audio/vnd.dts|dts|DTS sound
dsf|audio|m||audio/x-dsf|dsf|DSD sound
dff|audio|m||audio/x-dff|dff|DSDIFF sound
w64|audio|m||audio/x-w64|w64|Wave64 sound
ra|audio|m||audio/vnd.rn-realaudio|ra|RealAudio sound
shn|audio|m||audio/x-shorten|shn|Shorten sound
xm|audio|m||audio/x-xm|xm|tracker music (XM)
it|audio|m||audio/x-it|it|tracker music (IT)
s3m|audio|m||audio/x-s3m|s3m|tracker music (S3M)
mod|audio|m||audio/x-mod|mod|tracker music (MOD)
sf2|audio|m||audio/x-sf2|sf2|sound font
sph|audio|m||audio/x-nist|sph|NIST sound
qcp|audio|m||audio/qcelp|qcp|QCELP sound
mp4|video|m||video/mp4|mp4 m4v f4v f4p|MPEG-4 video
mov|video|m||video/quicktime|mov qt|QuickTime video
3gp|video|m||video/3gpp|3gp 3g2|3GPP video
avi|video|m||video/x-msvideo|avi divx|AVI video
mkv|video|m||video/matroska|mkv mka|Matroska video
webm|video|m||video/webm|webm|WebM video
flv|video|m||video/x-flv|flv|Flash video
asf|video|m||video/x-ms-asf|asf wmv wma|Windows Media
mpg|video|m||video/mpeg|mpg mpeg vob m1v m2v mpe|MPEG video
mts|video|m||video/mp2t|ts mts m2ts|MPEG transport stream
rm|video|m||application/vnd.rn-realmedia|rm rmvb|RealMedia
mxf|video|m||application/mxf|mxf|MXF video
ivf|video|m||video/x-ivf|ivf|IVF video
y4m|video|m||video/x-yuv4mpeg|y4m|raw video (Y4M)
fli|video|m||video/x-fli|fli flc|FLIC animation
smk|video|m||video/x-smacker|smk|Smacker video
bik|video|m||video/x-bink|bik bk2|Bink video
wtv|video|m||video/x-wtv|wtv|Windows recorded television
dv|video|m||video/x-dv|dv|DV video
nsv|video|m||video/x-nsv|nsv|Nullsoft video
# -- fonts
ttf|font|||font/ttf|ttf ttc|TrueType font
otf|font|||font/otf|otf|OpenType font
woff|font|||font/woff|woff|web font
woff2|font|||font/woff2|woff2|web font 2
eot|font|||application/vnd.ms-fontobject|eot|embedded OpenType font
pfb|font|||application/x-font-type1|pfb pfa|Type 1 font
bdf|font||txt|application/x-font-bdf|bdf|BDF font
afm|font||txt|application/x-font-afm|afm|font metrics
pcf|font|||application/x-font-pcf|pcf|PCF font
psf|font|||application/x-font-linux-psf|psf|console font
"""
