"""Archives under passwords, written by zip, 7-Zip and arj; RAR by hand, as no free program writes it."""

from __future__ import annotations

import pytest

from tests.encryption.made import rar5
from tests.encryption.tools import SECRET, TEXT, libarchive, members, opens, run, tool


def test_a_zip_of_the_program_zip_opens_by_its_password(look, folder):
    program = tool("zip")
    run(program, "-q", "-j", "-P", SECRET, folder / "a.zip", folder / "brief.txt")
    opens(look, (folder / "a.zip").read_bytes(), "a.zip", "txt")


def test_a_zip_of_which_some_members_are_encrypted_is_locked_and_the_others_are_read(look, folder):
    program = tool("zip")
    run(program, "-q", "-j", "-P", SECRET, folder / "a.zip", folder / "brief.txt")
    run(program, "-q", "-j", folder / "a.zip", folder / "zwei.txt")
    state, types, details = look((folder / "a.zip").read_bytes(), "a.zip")
    assert state == "unknown-password"
    assert "txt" in types
    assert "1 of 2 members" in details[0]


def test_an_empty_file_that_zip_encrypts_hides_nothing(look, folder):
    program = tool("zip")
    (folder / "leer.txt").write_bytes(b"")
    run(program, "-q", "-j", "-P", SECRET, folder / "a.zip", folder / "leer.txt")
    assert members((folder / "a.zip").read_bytes(), "a.zip") == {"leer.txt": "none"}


@pytest.mark.parametrize("packing", ["Copy", "Deflate", "Deflate64", "BZip2", "LZMA", "PPMd"])
@pytest.mark.parametrize("method", ["AES128", "AES192", "AES256", "ZipCrypto"])
def test_a_zip_of_7_zip_opens_by_its_password(look, folder, method, packing, with_packages):
    program = tool("7zz", "7z", "7za")
    if packing == "PPMd":
        libarchive()
    run(
        program, "a", "-tzip", f"-p{SECRET}", f"-mem={method}", f"-mm={packing}", folder / "a.zip", folder / "brief.txt"
    )
    data = (folder / "a.zip").read_bytes()
    opens(look, data, "a.zip", "txt")
    assert members(data, "a.zip", SECRET) == {"brief.txt": "known-password"}
    assert members(data, "a.zip") == {"brief.txt": "unknown-password"}


@pytest.mark.parametrize(
    "options",
    [["-mhe=off"], ["-mhe=on"], ["-m0=LZMA"], ["-m0=Copy"], ["-m0=BZip2"], ["-m0=Deflate"], ["-m0=Deflate64"], ["-ms=off"], ["-m0=PPMd"],
     ["-m0=PPMd", "-mhe=on"], ["-m0=PPMd", "-ms=off"]],
)  # fmt: skip
def test_a_7z_of_7_zip_opens_by_its_password(look, folder, options, with_packages):
    program = tool("7zz", "7z", "7za")
    if any("PPMd" in option for option in options):
        libarchive()
    run(program, "a", f"-p{SECRET}", *options, folder / "a.7z", folder / "brief.txt", folder / "zwei.txt")
    data = (folder / "a.7z").read_bytes()
    opens(look, data, "a.7z", "txt")
    assert members(data, "a.7z", "falsch", SECRET) == {"brief.txt": "known-password", "zwei.txt": "known-password"}


def test_each_member_of_a_7z_under_several_passwords_has_its_own_state(look, folder):
    program = tool("7zz", "7z", "7za")
    run(program, "a", folder / "a.7z", folder / "brief.txt")
    (folder / "drei.txt").write_bytes(TEXT * 2)
    for word, name in ((SECRET, "zwei.txt"), ("andres", "drei.txt")):
        run(program, "a", f"-p{word}", "-ms=off", folder / "a.7z", folder / name)
    data = (folder / "a.7z").read_bytes()
    assert look(data, "a.7z", SECRET)[0] == "unknown-password"
    assert members(data, "a.7z", SECRET) == {
        "brief.txt": "none", "zwei.txt": "known-password", "drei.txt": "unknown-password",
    }  # fmt: skip
    assert look(data, "a.7z", SECRET, "andres")[0] == "known-password"


@pytest.mark.parametrize("locked", [True, False])
def test_an_arj_archive_is_locked_where_its_program_garbles_it(look, folder, locked):
    program = tool("arj")
    run(program, "a", *([f"-g{SECRET}"] if locked else []), folder / "a.arj", folder / "brief.txt")
    assert look((folder / "a.arj").read_bytes(), "a.arj")[0] == ("unknown-password" if locked else "none")


@pytest.mark.parametrize("names_hidden", [False, True])
def test_a_rar_5_opens_by_its_password(look, names_hidden):
    opens(look, rar5(SECRET, names_hidden=names_hidden), "a.rar", "txt")
    assert members(rar5(SECRET, names_hidden=names_hidden), "a.rar", SECRET) == {"brief.txt": "known-password"}
