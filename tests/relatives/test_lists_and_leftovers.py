r"""Playlists, settings and tables of every name that fetch or run something; what systems leave in archives; names that only look odd."""

from __future__ import annotations

import base64

import pytest

from tests.fixtures import pdf
from tests.fixtures.zip import Member, archive
from tests.relatives.judged import action, attached, delivered, kinds, mail, refused

SHARES = [
    r"\\203.0.113.5\s\a", "file://203.0.113.5/s/a", r"\\203.0.113.5@80\a", "smb://203.0.113.5/s/a", "file:////203.0.113.5/s/a",
    r"\\?\UNC\203.0.113.5\s\a",
]  # fmt: skip
LISTS = [
    ("a.m3u", "{}\n"),
    ("a.m3u8", '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="{}"\nx.ts\n'),
    ("a.m3u8", '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="b",URI="{}"\nx.ts\n'),
    ("a.pls", "[playlist]\nfile1 = {}\n"),
    ("a.asx", "[Reference]\nRef1={}\n"),
    ("a.asx", "<ASX><BANNER HREF='{}'/></ASX>"),
    ("a.b4s", "<WinampXML><playlist><entry Playstring='{}'/></playlist></WinampXML>"),
    ("a.cue", 'FILE "{}" WAVE\n  TRACK 01 AUDIO\n'),
    ("a.strm", "{}\n"),
    ("a.mpcpl", "MPCPLAYLIST\n1,type,0\n1,filename,{}\n"),
    ("a.dpl", "DAUMPLAYLIST\n1*file*{}\n"),
    ("desktop.ini", "[.ShellClassInfo]\r\nIconResource={},0\r\n"),
]
SETTINGS = [
    ("wg0.conf", b"[Interface]\nPrivateKey = x\nPostUp = sh -c id\n[Peer]\nEndpoint = 203.0.113.5:51820\n"),
    ("tunnel.conf", b"# mein Tunnel\n[interface]\nprivatekey=x\n\n[peer]\nallowedips=0.0.0.0/0\n"),
    ("a.mcl", b'<application run="cmd.exe"/>'),
]
PLAIN = pdf.pdf({})
LEFT = [
    ("desktop.ini", b"[.ShellClassInfo]\r\nIconResource=C:\\Windows\\system32\\SHELL32.dll,4\r\n"),
    ("a.pdf:Zone.Identifier", b"[ZoneTransfer]\r\nZoneId=3\r\n"),
    (".~lock.a.odt#", b",erika,rechner,02.11.2026 10:00,file:///home/erika/.config/libreoffice/4;"),
    ("~$a.docx", b"\x05Meier" + bytes(156)),
    ("Icon\r", b""),
    (".localized", b""),
    (".directory", b"[Dolphin]\nTimestamp=2026\n"),
]
NAMES = [
    "\u2068Bericht\u2069.pdf", "\u202aBericht\u202c.pdf", "\u202aC:\\Users\\x\\Bericht.pdf", "\u2068Bericht.pdf", "\u2066Bericht.pdf\u2069", "Bericht.pdf\u200e",
    "Bericht.pdf\ufeff", "\u05d3\u05d5\u05d7.pdf",
]  # fmt: skip
DECEIVING = ["a\u202efdp.exe", "\u202eexe.fdp", "a\u2067fdp.exe\u2069", "a\u202bfdp.exe"]


@pytest.mark.parametrize(("name", "text"), LISTS)
@pytest.mark.parametrize("address", SHARES)
def test_a_list_that_leads_to_a_share_is_refused(name, text, address):
    assert "network-path" in kinds(text.replace("{}", address).encode(), name)
    assert refused(text.replace("{}", address).encode(), name)


@pytest.mark.parametrize(("name", "text"), LISTS)
@pytest.mark.parametrize(
    "address", ["https://radio.example.org/a.mp3", "Musik/a.mp3", r"C:\Musik\a.mp3", r"\\nas\musik\a.mp3"]
)
def test_lists_of_the_web_and_of_the_own_network_are_let_through(name, text, address):
    assert delivered(text.replace("{}", address).encode(), name)


@pytest.mark.parametrize(("name", "data"), SETTINGS)
def test_settings_that_run_or_connect_are_launchers(name, data):
    assert {"launcher", "script-content"} & kinds(data, name)
    assert refused(data, name)


@pytest.mark.parametrize("data", [b"[main]\nname=x\n", b"[interface]\ncolor=red\n[peer]\nname=x\n", b"PrivateKey=x\n"])
def test_other_settings_are_text(data):
    assert delivered(data, "a.conf")


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
def test_a_formula_begins_a_cell_behind_any_end_of_a_line(end):
    assert "dde-formula" in kinds(b"Name,Wert,x\r\na" + end + b"=cmd|'/c calc'!A0,2,3\r\n", "a.csv")


@pytest.mark.parametrize(("name", "data"), LEFT)
def test_what_systems_leave_in_archives_counts_for_nothing(name, data):
    packed = archive(Member("a.pdf", PLAIN), Member(name, data))
    assert delivered(packed, "a.zip")
    assert action(packed, "a.zip", "kaiserslautern") in ("deliver", "flag")


@pytest.mark.parametrize("name", [".DS_Store", "__MACOSX/._a.exe", "~$a.docx", "a.pdf:Zone.Identifier", "Icon\r"])
def test_a_program_is_no_leftover_whatever_its_name(name):
    program = b"MZ" + bytes(58) + b"@\0\0\0" + b"PE\0\0\x64\x86\x01\0" + bytes(300)
    assert refused(archive(Member("a.pdf", PLAIN), Member(name, program)), "a.zip")


def encoded(name: str) -> bytes:
    return mail(attached(f"=?utf-8?B?{base64.b64encode(name.encode()).decode()}?=", PLAIN, "application/pdf"))


@pytest.mark.parametrize("name", NAMES)
def test_marks_of_direction_that_change_nothing_deceive_nobody(name):
    assert delivered(encoded(name), "m.eml")


@pytest.mark.parametrize("name", DECEIVING)
def test_those_that_move_the_extension_do(name):
    assert refused(encoded(name), "m.eml")


def test_an_attribute_that_a_document_type_gives_acts_in_a_page_named_xhtml():
    page = b"<!DOCTYPE svg [<!ATTLIST svg onload CDATA 'alert(1)'>]>\n<html xmlns='http://www.w3.org/1999/xhtml'><body><svg xmlns='http://www.w3.org/2000/svg'/></body></html>"
    assert refused(page, "a.xhtml")


@pytest.mark.parametrize("root", ["job", "component", "package", "scriptlet", "registration", "public"])
def test_xml_whose_root_sounds_like_a_script_is_xml(root):
    assert delivered(f'<?xml version="1.0"?>\n<{root} id="1"><title>x</title></{root}>\n'.encode(), "a.xml")


def test_a_scriptlet_under_any_name_is_one():
    assert refused(b"<scriptlet><registration progid='x'/><script language='JScript'>x</script></scriptlet>", "a.xml")
