"""Data of programs, for the table of file types."""

from __future__ import annotations

from typing import Final

TABLE: Final = """
# -- data
sqlite|database|||application/vnd.sqlite3|sqlite sqlite3 db|SQLite database
dbf|database|||application/x-dbf|dbf|dBASE table
parquet|data|||application/vnd.apache.parquet|parquet|Parquet table
hdf5|data|||application/x-hdf5|h5 hdf5|HDF5 data
bplist|data|||application/x-bplist|plist|binary property list
pcap|data|||application/vnd.tcpdump.pcap|pcap cap|network capture
pcapng|data|||application/x-pcapng|pcapng|network capture (next generation)
evtx|data|||application/x-ms-evtx|evtx|Windows event log
regf|data|||application/x-ms-registry|dat hiv|registry hive
torrent|data|||application/x-bittorrent|torrent|BitTorrent metadata
mo|data|||application/x-gettext-translation|mo|translations
shp|data|||application/vnd.shp|shp|shape file
3mf|data||zip|model/3mf|3mf|3D model (3MF)
stl|data|||model/stl|stl|3D model
glb|data|||model/gltf-binary|glb|3D model (glTF)
drc|data|||model/x-draco|drc|3D model (Draco)
u3d|data|||model/u3d|u3d|3D model (U3D)
pickle|executable|x||application/x-python-pickle|pkl pickle|Python pickle
npy|data|||application/x-npy|npy|NumPy array
avro|data|||application/avro|avro|Avro data
orc|data|||application/vnd.apache.orc|orc|ORC table
arrow|data|||application/vnd.apache.arrow.file|arrow feather|Arrow table
netcdf|data|||application/x-netcdf|nc cdf|NetCDF data
hdf4|data|||application/x-hdf|hdf h4|HDF4 data
grib|data|||application/x-grib|grib grb grb2|GRIB weather data
bufr|data|||application/x-bufr|bufr|BUFR weather data
mat|data|||application/x-matlab-data|mat|MATLAB data
sav|data|||application/x-spss-sav|sav|SPSS data
jmp|data|||application/x-jmp-data|jmp|JMP data
sas|data|||application/x-sas-data|sas7bdat|SAS data
xpt|data|||application/x-sas-xport|xpt|SAS transport file
dta|data|||application/x-stata-dta|dta|Stata data
rdata|data|||application/x-r-data|rdata rda rds|R data
gguf|data|||application/x-gguf|gguf|language model
safetensors|data|||application/x-safetensors|safetensors|model weights
nrrd|data|||application/x-nrrd|nrrd|NRRD volume
nifti|data|||application/x-nifti|nii|NIfTI volume
mrc|data|||application/x-mrc|mrc|MRC volume
root|data|||application/x-root|root|ROOT data
czi|data|||image/x-zeiss-czi|czi|Zeiss microscope image
fit|data|||application/vnd.ant.fit|fit|FIT activity
pbf|data|||application/vnd.openstreetmap.data+pbf|pbf|OpenStreetMap data
erdas|data|||image/x-erdas-hfa|img|ERDAS image
bdb|database|||application/x-berkeley-db|db|Berkeley DB
gdbm|database|||application/x-gdbm|gdbm|GDBM database
ese|database|||application/x-ms-ese|edb dit sdb|ESE database
mssql|database|||application/x-mssql|mdf ndf|SQL Server database
money|database|||application/x-msmoney|mny|Money file
evt|data|||application/x-ms-evt|evt|Windows event log (old)
journal|data|||application/x-systemd-journal|journal|system journal
dmp|data|||application/x-ms-minidump|dmp mdmp|Windows memory dump
snoop|data|||application/x-snoop|snoop|network capture (snoop)
tzif|data|||application/tzif|tzif|time zone
terminfo|data|||application/x-terminfo|terminfo|terminal description
qm|data|||application/x-qt-translation|qm|translations (Qt)
ds_store|data|||application/x-ds-store|ds_store|Finder settings
pol|data|||application/x-registry-pol|pol|group policy
wad|data|||application/x-doom|wad|game data
nes|data|||application/x-nes-rom|nes|game cartridge
protobuf|data|||application/protobuf|pb|protocol buffer
empty|data|||application/x-empty||empty file
unread|unknown|||application/x-unread||content that could not be read
"""
