"""workshop/usb makes a folder from which a machine that has nothing can install what it needs."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
USB = ROOT / "workshop" / "usb"
PACKAGES = " ".join(re.search(r'(?s)^packages="(.*?)"', (ROOT / "setup.sh").read_text(), re.M)[1]
                    .split()).split()


def made_package(folder, name, depends=""):
    tree = folder / name
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "DEBIAN" / "control").write_text(
        f"Package: {name}\nVersion: 1:2\nArchitecture: all\nMaintainer: nobody <a@b>\n"
        f"Description: planted\n{depends and f'Depends: {depends}'}".rstrip() + "\n")
    subprocess.run(["dpkg-deb", "--build", tree, folder], check=True, capture_output=True)
    shutil.rmtree(tree)


def index_of(folder):
    for path in folder.glob("*.deb"):
        fields = subprocess.run(["dpkg-deb", "--field", path], check=True, capture_output=True,
                                text=True).stdout
        digest = subprocess.run(["sha256sum", path], check=True, capture_output=True,
                                text=True).stdout.split()[0]
        yield (f"{fields}Filename: ./{path.name}\nSize: {path.stat().st_size}\n"
               f"SHA256: {digest}\n\n")


@unittest.skipUnless(shutil.which("apt-get") and shutil.which("dpkg-deb"), "no apt-get")
class Usb(unittest.TestCase):
    """A mirror of tiny packages stands in for Debian's: apt is the real one."""

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="test-usb-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        mirror = cls.folder / "mirror"
        for name in PACKAGES:
            made_package(mirror, name, "planted-dependency" if name == "libfmt-dev" else "")
        made_package(mirror, "planted-dependency")
        made_package(mirror, "not-needed")
        (mirror / "Packages").write_text("".join(index_of(mirror)))
        for name in ("state/lists/partial", "cache/archives/partial", "tmp"):
            (cls.folder / name).mkdir(parents=True)
        (cls.folder / "sources.list").write_text(f"deb [trusted=yes] copy:{mirror} ./\n")
        (cls.folder / "apt.conf").write_text(
            f'Dir::State "{cls.folder}/state";\nDir::Cache "{cls.folder}/cache";\n'
            f'Dir::Etc::SourceList "{cls.folder}/sources.list";\n'
            'Dir::Etc::SourceParts "/dev/null";\nAPT::Sandbox::User "root";\n'
            'Acquire::Languages "none";\n')
        cls.settings = {"PATH": os.environ["PATH"], "APT_CONFIG": f"{cls.folder}/apt.conf",
                        "TMPDIR": f"{cls.folder}/tmp", "HOME": str(cls.folder), "LANG": "C.UTF-8"}
        (cls.folder / "status").write_text("")
        subprocess.run(["apt-get", "-o", f"Dir::State::status={cls.folder}/status", "update"],
                       env=cls.settings, check=True, capture_output=True)
        cls.stick = cls.folder / "a stick"
        cls.made = cls.usb(cls.stick)

    @classmethod
    def usb(cls, *arguments, **settings):
        return subprocess.run([settings.pop("program", USB), *arguments],
                              env={**cls.settings, **settings}, capture_output=True, text=True,
                              check=False)

    def copy(self):
        copy = Path(tempfile.mkdtemp(dir=self.folder)) / "stick"
        shutil.copytree(self.stick, copy)
        return copy

    def seal(self, stick):
        """Checksums that are right, so that nothing but the packages is wrong."""
        (stick / "SHA256SUMS").write_text(subprocess.run(
            "find . -type f ! -name SHA256SUMS -exec sha256sum {} +", shell=True, cwd=stick,
            check=True, capture_output=True, text=True).stdout)

    def test_the_folder_has_every_package_and_what_it_needs_and_no_more(self):
        self.assertEqual((self.made.returncode, self.made.stderr), (0, ""), self.made.stdout)
        names = sorted(path.name.split("_")[0] for path in (self.stick / "packages").glob("*.deb"))
        self.assertEqual(names, sorted([*PACKAGES, "planted-dependency"]))
        self.assertIn(f"is complete: {len(names)} packages for ", self.made.stdout)
        self.assertEqual(sorted(path.name for path in self.stick.iterdir()),
                         ["README.md", "SHA256SUMS", "concurrency.tar.gz", "install", "packages"])
        self.assertEqual(os.listdir(self.folder / "tmp"), [])

    def test_the_sources_are_those_of_the_repository(self):
        listed = subprocess.run(["tar", "-tzf", self.stick / "concurrency.tar.gz"], check=True,
                                capture_output=True, text=True).stdout.split("\n")
        for name in ("setup.sh", "CMakePresets.json", "workshop/doctor", "02_threads/minimal.cpp"):
            self.assertIn(f"concurrency/{name}", listed)
        self.assertFalse([name for name in listed if re.match(r"concurrency/(build|my|\.git)/", name)])

    def test_without_git_the_sources_are_a_copy_without_what_was_built(self):
        copy = self.folder / "no git"
        for name in ("workshop/usb", "setup.sh", "a.cpp", "build/b", "my/02b/c", "a/__pycache__/d"):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_text("")
        shutil.copy(ROOT / "setup.sh", copy)
        shutil.copy(USB, copy / "workshop")
        stick = self.folder / "from a copy"
        done = self.usb(stick, program=copy / "workshop" / "usb")
        self.assertEqual(done.returncode, 0, done.stderr)
        listed = subprocess.run(["tar", "-tzf", stick / "concurrency.tar.gz"], check=True,
                                capture_output=True, text=True).stdout.split()
        self.assertEqual(sorted(name for name in listed if not name.endswith("/")),
                         [f"concurrency/{name}" for name in ("a.cpp", "setup.sh", "workshop/usb")])

    def test_it_is_whole(self):
        done = self.usb("--check", self.stick)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_a_package_that_is_missing_is_seen(self):
        for name in ("planted-dependency", "cmake"):
            stick = self.copy()
            next((stick / "packages").glob(f"{name}_*.deb")).unlink()
            self.assertIn("a file is damaged or has changed", self.usb("--check", stick).stderr)
            (stick / "packages" / "Packages").write_text("".join(index_of(stick / "packages")))
            self.seal(stick)
            done = self.usb("--check", stick)
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stderr, f"^usb: not complete: .*{name}")
            self.assertRegex(self.usb("--check", stick, LANG="pt_BR.UTF-8").stderr, "^usb: incompleto")

    def test_a_file_that_changed_is_seen(self):
        stick = self.copy()
        with open(stick / "concurrency.tar.gz", "ab") as file:
            file.write(b"x")
        done = self.usb("--check", stick)
        self.assertEqual(done.returncode, 1)
        self.assertIn("concurrency.tar.gz", done.stderr)

    def test_the_readme_has_both_languages_with_the_same_commands(self):
        english, portuguese = (self.stick / "README.md").read_text("utf-8").split("\n---\n")
        commands = re.findall("`[^`]+`", english)
        self.assertGreater(len(commands), 4)
        self.assertEqual(sorted(commands), sorted(re.findall("`[^`]+`", portuguese)))

    def test_the_installer_refuses_another_system(self):
        text = (self.stick / "install").read_text()
        other = self.folder / "install"
        other.write_text(re.sub(r'!= "\w+ \w+"', '!= "potato m68k"', text))
        done = subprocess.run(["sh", other], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("install: these packages are for ", done.stderr)
        subprocess.run(["sh", "-n", self.stick / "install"], check=True)

    def test_wrong_usage(self):
        for arguments, status, english, portuguese in (
                ([], 2, "one folder", "indique uma pasta"), (["a", "b"], 2, "one folder", "indique"),
                (["--nonsense"], 2, "unknown option: '--nonsense'", "opção desconhecida"),
                ([self.stick], 1, "is not an empty folder", "não é uma pasta vazia")):
            for language, message in (("C.UTF-8", english), ("pt_BR.UTF-8", portuguese)):
                done = self.usb(*arguments, LANG=language)
                self.assertEqual((done.returncode, done.stdout), (status, ""))
                self.assertIn(message, done.stderr)

    def test_a_system_without_apt_is_named(self):
        tools = self.folder / "tools"
        tools.mkdir()
        for name in ("sh", "dirname", "sed"):
            (tools / name).symlink_to(shutil.which(name))
        done = self.usb(self.folder / "new", PATH=str(tools))
        self.assertEqual(done.returncode, 1)
        self.assertIn("no apt-get", done.stderr)
        self.assertFalse((self.folder / "new").exists())


if __name__ == "__main__":
    unittest.main()
