"""workshop/doctor names exactly the fault that is planted: a machine that is well but for one thing.

    python3 -m unittest discover -b tests/workshop
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCTOR = ROOT / "workshop" / "doctor"
FAIL = {"en": "FAIL", "pt": "FALHA"}
# In the real order. What a compiler makes of each source is decided by QUICK_COMPILER.
PROBES = """coroutines cmake ninja pkg-config python3 httplib openssl doctest asio cli11 json fmt
    loopback fork tls asan tsan files cores memory disk port clock clang""".split()

# Compiles nothing, which is what makes these tests quick: the program that it makes does what the
# doctor expects of it. $REAL names the sources that the real g++ compiles, with $FLAGS; $BROKEN the
# text that stops it, in a source or in the command, as a missing header or library does; $PROGRAM
# is what it makes of the source in $INSTEAD.
QUICK_COMPILER = r"""#!/bin/sh
source=; output=; previous=
for word; do
    case $word in *.cpp) source=$word ;; esac
    [ "$previous" != -o ] || output=$word
    previous=$word
done
[ -n "$source" ] || exec /usr/bin/g++ "$@"
if [ -n "$BROKEN" ] && { cat "$source"; echo "$@"; } | grep -qF -e "$BROKEN"; then
    echo "fatal error: $BROKEN: No such file or directory" >&2
    exit 1
fi
case " $REAL " in *" ${source%.cpp} "*) exec /usr/bin/g++ "$@" $FLAGS ;; esac
case $source in
"$INSTEAD") program=$PROGRAM ;;
asan.cpp) program='echo heap-buffer-overflow; exit 1' ;;
tsan.cpp) program='echo data race; exit 66' ;;
*) program=: ;;
esac
printf '#!/bin/sh\n%s\n' "$program" >"$output"
chmod +x "$output"
"""
QUICK = {"g++": QUICK_COMPILER, "clang++": "#!/bin/sh\n",
         "cmake": "#!/bin/sh\nmkdir -p build && : >build/build.ninja\n"}
# A ThreadSanitizer that needs addresses that are not random. What it ends with is 66 all the same.
CANNOT_MAP = """read -r personality </proc/self/personality
case $personality in
???4*) echo "WARNING: ThreadSanitizer: data race" ;;
*) echo "FATAL: ThreadSanitizer: unexpected memory mapping 0x7d1e" ;;
esac
exit 66"""


def setUpModule():
    global folder, free_port
    folder = Path(tempfile.mkdtemp(prefix="test-doctor-"))
    for name in ("bin", "home", "tmp", "work"):
        (folder / name).mkdir()
    for name, text in QUICK.items():
        put("bin", name, text)
    with socket.create_server(("0.0.0.0", 0)) as listener:
        free_port = str(listener.getsockname()[1])


def tearDownModule():
    shutil.rmtree(folder)


def put(place, name, text):
    path = folder / place / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return str(path.parent)


def without(tool):
    """A PATH on which everything is but one tool."""
    place = folder / f"without-{tool}"
    place.mkdir(exist_ok=True)
    for path in (path for parent in ("/bin", "/usr/bin") for path in Path(parent).iterdir()):
        if path.name not in (tool, *QUICK) and not (place / path.name).is_symlink():
            (place / path.name).symlink_to(path)
    for name in set(QUICK) - {tool}:
        put(place.name, name, QUICK[name])
    return str(place)


def doctor(*arguments, before=(), **settings):
    environment = {"PATH": f"{folder}/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": f"{folder}/home",
                   "TMPDIR": f"{folder}/tmp", "LANG": "C.UTF-8", **settings}
    if "--port" not in arguments:
        arguments = ("--port", free_port, *arguments)
    return subprocess.run([*before, DOCTOR, *arguments], env=environment, cwd=folder / "work",
                          capture_output=True, text=True, check=False)


def failed(done):
    """What the block at the end names."""
    return re.search("^failed:(.*)$", done.stdout, re.M)[1].split()


class Faults(unittest.TestCase):
    def names_only(self, probe, cure, *arguments, **settings):
        """Of all probes in English; in Portuguese it is asked for alone."""
        outputs = {}
        for language, alone in (("en", ()), ("pt", () if "--only" in arguments else ("--only", probe))):
            done = doctor("--lang", language, *alone, *arguments, **settings)
            outputs[language] = done.stdout
            lines = [line for line in done.stdout.splitlines() if line.startswith(FAIL[language])]
            self.assertEqual(failed(done), [probe], done.stdout + done.stderr)
            self.assertEqual(len(lines), 1, done.stdout)
            self.assertIn(cure, lines[0])
            self.assertEqual((done.returncode, done.stderr), (1, ""))
        return outputs["en"]

    def test_without_a_fault_it_names_none(self):
        for language, word in (("en", "Ready."), ("pt", "Pronta.")):
            done = doctor("--lang", language)
            self.assertEqual((failed(done), done.returncode), (["nothing"], 0), done.stdout)
            self.assertEqual(done.stdout.splitlines()[-1], word)
            self.assertEqual(len(re.findall("^(?:ok|not[ea]) ", done.stdout, re.M)), len(PROBES))

    def test_a_compiler_without_coroutines(self):
        self.names_only("coroutines", "g++", REAL="coroutines", FLAGS="-fno-coroutines")

    def test_no_compiler_is_one_failure_and_the_rest_is_not_tried(self):
        out = self.names_only("coroutines", "g++", CXX="no-such-compiler")
        self.assertEqual(out.count("there is no compiler"), 13, out)

    def test_no_compiler_fails_each_probe_that_is_asked_for_alone(self):
        self.names_only("fork", "g++", "--only", "fork", CXX="no-such-compiler")

    def test_a_missing_tool(self):
        for tool, package in (("cmake", "cmake"), ("ninja", "ninja-build"),
                              ("pkg-config", "pkg-config"), ("python3", "python3")):
            with self.subTest(tool):
                self.names_only(tool, package, PATH=without(tool))

    def test_a_cmake_that_is_too_old(self):
        place = put("old", "cmake", "#!/bin/sh\ncase $1 in --version) echo cmake version 3.18 ;;\n"
                    "*) echo \"CMake Error: Unknown argument $1\" >&2; exit 1 ;; esac\n")
        out = self.names_only("cmake", "cmake", PATH=f"{place}:{folder}/bin:/usr/bin:/bin")
        self.assertIn("  cmake: CMake Error: Unknown argument --workflow", out)

    def test_a_missing_header_or_library(self):
        for probe, missing, package in (
                ("httplib", "httplib.h", "libcpp-httplib-dev"),
                ("httplib", "-lcpp-httplib", "libcpp-httplib-dev"),
                ("openssl", "openssl/evp.h", "libssl-dev"), ("openssl", "#error OpenSSL", "libssl"),
                ("doctest", "doctest/doctest.h", "doctest-dev"),
                ("asio", "asio/io_context.hpp", "libasio-dev"),
                ("cli11", "CLI/CLI.hpp", "libcli11-dev"),
                ("json", "nlohmann/json.hpp", "nlohmann-json3-dev"),
                ("fmt", "fmt/format.h", "libfmt-dev"), ("fmt", "-lfmt", "libfmt-dev")):
            with self.subTest(missing):
                self.assertIn(missing, self.names_only(probe, package, BROKEN=missing))

    def test_a_library_that_pkg_config_does_not_know(self):
        place = put("knows-less", "pkg-config", "#!/bin/sh\ncase $* in *fmt*) exit 1 ;; esac\n"
                    "exec /usr/bin/pkg-config \"$@\"\n")
        self.names_only("fmt", "libfmt-dev", REAL="fmt",
                        PATH=f"{place}:{folder}/bin:/usr/bin:/bin")

    def test_a_library_of_another_version_that_does_not_work(self):
        self.names_only("json", "nlohmann-json3-dev", INSTEAD="json.cpp", PROGRAM="exit 1")

    def test_a_tls_that_shakes_no_hands(self):
        settings = folder / "openssl.cnf"
        settings.write_text("openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\nsystem_default = d\n"
                            "[d]\nMinProtocol = TLSv1.3\nMaxProtocol = TLSv1.2\n")
        self.names_only("tls", "libssl-dev", REAL="openssl tls", OPENSSL_CONF=str(settings))

    def test_no_loopback(self):
        alone = ("unshare", "--map-root-user", "--net")
        if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
            self.skipTest("may not make a network namespace")
        self.names_only("loopback", "ip link set lo up", before=alone, REAL="network")

    def test_a_fork_that_fails(self):
        self.names_only("fork", "ulimit -u", INSTEAD="network.cpp", PROGRAM="[ $1 != fork ]")

    def test_an_address_sanitizer_that_reports_nothing(self):
        self.names_only("asan", "g++", REAL="asan", FLAGS="-fno-sanitize=all")

    def test_a_missing_sanitizer(self):
        self.names_only("asan", "g++", BROKEN="-fsanitize=address")
        self.names_only("tsan", "g++", BROKEN="-fsanitize=thread")

    def test_a_thread_sanitizer_that_reports_nothing(self):
        self.names_only("tsan", "g++", REAL="tsan", FLAGS="-fno-sanitize=all")

    def test_a_thread_sanitizer_that_cannot_map(self):
        out = self.names_only("tsan", "sudo sysctl vm.mmap_rnd_bits=28", INSTEAD="tsan.cpp",
                              PROGRAM=CANNOT_MAP)
        self.assertIn("setarch -R", out)
        self.assertIn("unexpected memory mapping", out)

    def test_a_thread_sanitizer_that_starts_only_at_times(self):
        times = folder / "times"
        times.write_text("")
        self.names_only("tsan", "", INSTEAD="tsan.cpp", PROGRAM=f"echo >>{times}\n"
                        f"[ $(($(wc -l <{times}) % 4)) = 0 ] || echo data race\nexit 66")

    def test_few_open_files(self):
        self.names_only("files", "limits.conf", before=("sh", "-c", 'ulimit -n 64 && exec "$@"', "sh"))
        self.names_only("files", "ulimit -n 1024",
                        before=("sh", "-c", 'ulimit -Sn 64 && exec "$@"', "sh"))

    def test_a_small_machine(self):
        for probe, tool, output, cure in (
                ("cores", "nproc", "1", "1;"), ("memory", "getconf", "1000", "0 MiB"),
                ("disk", "df", "Filesystem\n/dev/a 9 9 512 1% /", "512 MB")):
            with self.subTest(probe):
                place = put(f"fake-{tool}", tool, f"#!/bin/sh\nprintf '%s\\n' '{output}'\n")
                self.names_only(probe, cure, PATH=f"{place}:{folder}/bin:/usr/bin:/bin")

    def test_a_clock_that_is_wrong(self):
        for year in ("1970", "2025", "2041", ""):
            place = put("fake-date", "date", f"#!/bin/sh\necho {year}\n")
            self.names_only("clock", "date --set", PATH=f"{place}:{folder}/bin:/usr/bin:/bin")

    def test_a_port_that_somebody_has(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.names_only("port", "--port", "--port", str(listener.getsockname()[1]),
                            REAL="network")

    def test_no_clang_is_no_failure(self):
        done = doctor("--only", "clang", PATH=without("clang++"))
        self.assertEqual((failed(done), done.returncode), (["nothing"], 0))
        self.assertIn("note   clang (optional)", done.stdout)
        self.assertIn("nota   clang (opcional)",
                      doctor("--only", "clang", "--lang", "pt", PATH=without("clang++")).stdout)

    def test_a_command_that_hangs_is_ended(self):
        place = put("hangs", "ninja", "#!/bin/sh\nsleep 1000\n")
        out = self.names_only("ninja", "ninja-build", "--only", "ninja,cores", "--limit", "1",
                              PATH=f"{place}:{folder}/bin:/usr/bin:/bin")
        self.assertIn("ended after 1 s", out)


class Use(unittest.TestCase):
    def test_the_real_compiler_on_this_machine(self):
        """What the quick compiler stands in for: the sources compile, and do what they should."""
        done = doctor(PATH="/usr/sbin:/usr/bin:/sbin:/bin")
        self.assertEqual((failed(done), done.returncode), (["nothing"], 0), done.stdout)

    def test_wrong_usage(self):
        for arguments, named in ((["--lang", "fr"], "fr"), (["--port", "0"], "0"),
                                 (["--port", "65536"], "65536"), (["--port", "x"], "x"),
                                 (["--only", "ninja,nonsense"], "nonsense"), (["--only", ""], "--only"),
                                 (["--limit", "0"], "0"), (["--lang"], "--lang"), (["-x"], "-x"),
                                 (["please"], "please")):
            for language in ("en", "pt"):
                with self.subTest(arguments, language=language):
                    done = doctor("--lang", language, *arguments, LANG=language)
                    self.assertEqual((done.returncode, done.stdout), (2, ""))
                    self.assertRegex(done.stderr, rf"^doctor: .*{named}.*--help\)\n$")

    def test_help_names_every_probe_in_both_languages(self):
        for language, word in (("en", "usage:"), ("pt", "uso:")):
            done = doctor("--lang", language, "--help")
            self.assertTrue(done.stdout.startswith(word))
            self.assertEqual(done.stdout.split(":\n")[-1].split()[:len(PROBES)], PROBES)
            self.assertEqual(done.returncode, 0)

    def test_the_language_is_that_of_the_environment(self):
        for settings, word in (({"LANG": "pt_BR.UTF-8"}, "núcleos"), ({"LANG": "C"}, "cores"),
                               ({"LANG": "pt_BR", "LC_ALL": "C"}, "cores"),
                               ({"LANG": "C", "LC_MESSAGES": "pt_PT"}, "núcleos"),
                               ({"LANG": "C", "LC_ALL": "pt_BR.UTF-8"}, "núcleos")):
            self.assertEqual(doctor("--only", "cores", **settings).stdout.splitlines()[0],
                             f"ok     {word}")

    def test_every_message_exists_in_both_languages(self):
        """The two runs have the same lines, and none but names of things is the same."""
        text = DOCTOR.read_text("utf-8")
        self.assertGreater(len(re.findall(r"\bsay \"", text)), 20)
        for call in re.findall(r'\$\(say ((?:[^()]|\$\([^)]*\)|\([^)]*\))*)\)', text):
            words = re.findall(r'"(?:[^"\\]|\\.)*"|\S+', call.replace("\\\n", ""))
            self.assertEqual(len(words), 2, call)

    def test_nothing_is_left_behind(self):
        doctor()
        self.assertEqual([os.listdir(folder / name) for name in ("tmp", "home", "work")], [[]] * 3)

    def test_ctrl_c_ends_it_and_leaves_nothing_behind(self):
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)):
            started = folder / "started"
            place = put("slow", "g++", f"#!/bin/sh\necho $$ >{started}\nsleep 1000\n")
            process = subprocess.Popen(
                [DOCTOR, "--only", "coroutines"], cwd=folder / "work", stdout=subprocess.PIPE,
                env={"PATH": f"{place}:/usr/bin:/bin", "TMPDIR": f"{folder}/tmp", "HOME": "/"},
                preexec_fn=lambda: signal.signal(number, signal.SIG_DFL))
            while not (started.exists() and started.read_text()):
                time.sleep(0.01)
            process.send_signal(number)
            process.communicate(timeout=60)
            self.assertEqual(process.returncode, status)
            self.assertEqual(os.listdir(folder / "tmp"), [])
            with self.assertRaises(ProcessLookupError, msg="the compiler still runs"):
                os.kill(int(started.read_text()), 0)
            started.unlink()

    def test_the_block_to_paste_names_no_folder(self):
        done = doctor(BROKEN="fmt/format.h")
        block = done.stdout.partition("--- workshop/doctor\n")[2].partition("---\n")[0]
        names = re.findall("^([a-z]+):", block, re.M)
        self.assertEqual(names, "system kernel architecture compiler cmake memory cores failed".split())
        self.assertIn("\n  fmt: fatal error: fmt/format.h", block)
        self.assertNotIn(str(folder), block)


if __name__ == "__main__":
    unittest.main()
