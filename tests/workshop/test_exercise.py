"""./workshop/exercise as a learner uses it. A cmake that compiles nothing stands in for the real one:
the learner's file says what its checker would find."""
import json
import os
import shutil
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Of the file's lines it obeys "// fails: CASE", "// does not compile", "// no library".
FAKE_CMAKE = r"""#!/usr/bin/python3
import os, sys
from pathlib import Path
root = Path.cwd()
with open(root / "cmake.log", "a") as log:
    log.write(" ".join(sys.argv[1:]) + "\n")
if (root / "broken cmake").exists():
    sys.exit("CMake Error: no fmt")
if sys.argv[1] == "--preset":
    sys.exit(0)
text = (root / "my/02b/queue.hpp").read_text()
if "// does not compile" in text:
    print(f"{root}/my/02b/queue.hpp:7:5: error: expected ';' before '{{x}}'")
    print(f"{root}/my/02b/queue.hpp:9:1: error: and another")
    sys.exit(1)
folder = root / "build/release/workshop"
folder.mkdir(parents=True, exist_ok=True)
for target in sys.argv[sys.argv.index("--target") + 1:]:
    (folder / f"libworkshop_kit_{target.split('_')[-1]}.a").touch()
    program = folder / target
    program.write_text((root / "checker").read_text())
    program.chmod(0o755)
"""

CHECKER = r"""#!/usr/bin/python3
import json, os, sys
from pathlib import Path
names = ["each_page_once", "full_sleeps"]
if sys.argv[1] == "--list":
    print(json.dumps([{"name": n, "en": "title of " + n, "pt": "título de " + n} for n in names]))
    sys.exit(0)
root = Path(sys.argv[0]).parents[3]
text = (root / "my/02b/queue.hpp").read_text()
def say(what, en="", pt=""):
    line = json.dumps({"what": what, "en": en, "pt": pt}) + "\n"
    os.write(int(os.environ["CHECK_REPORT_DESCRIPTOR"]), line.encode())
if "// fails: " + sys.argv[1] in text:
    print("printed by the solution", flush=True)
    say("rejected", "allowed 4, counted 5", "permitidos 4, contados 5")
    os._exit(1)
if "// races" in text and sys.argv[0].endswith("thread"):
    print("WARNING: ThreadSanitizer: data race (pid=1)")
    print(f"    #0 push {root}/my/02b/queue.hpp:23 (check)")
    print("SUMMARY: ThreadSanitizer: data race /usr/include/deque:1 in push")
if "// no site" in text:
    say("uncheckable", "no practice site", "sem servidor de treino")
    os._exit(4)
say("counted", "3 of 3", "3 de 3")
say("passed")
"""


class Learner(unittest.TestCase):
    def setUp(self):
        self.root = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)
        shutil.copytree(ROOT / "workshop", self.root / "workshop",
                        ignore=shutil.ignore_patterns("__pycache__"))
        (self.root / "bin").mkdir()
        (self.root / "bin" / "cmake").write_text(FAKE_CMAKE)
        (self.root / "bin" / "cmake").chmod(0o755)
        (self.root / "checker").write_text(CHECKER)
        self.file = self.root / "my" / "02b" / "queue.hpp"

    def exercise(self, *arguments, status=0, **environment):
        """Standard output; the standard error is kept in self.errors."""
        result = subprocess.run(
            [self.root / "workshop" / "exercise", *arguments], cwd="/", capture_output=True, text=True,
            env={"PATH": f"{self.root / 'bin'}:{os.environ['PATH']}", "LANG": "C.UTF-8", **environment})
        self.errors = result.stderr
        self.assertEqual(result.returncode, status, result.stdout + result.stderr)
        return result.stdout

    def edit(self, text):
        self.file.write_text(self.file.read_text() + text + "\n")

    def test_start_copies_the_start_file_without_what_rejects_it(self):
        out = self.exercise("start", "02b")
        self.assertIn("A bounded queue", out)
        self.assertIn("./workshop/exercise check 02b", out)
        self.assertIn("workshop/02b_bounded_queue/README.md", out)
        self.assertNotIn("rejected by", self.file.read_text())
        self.assertIn("#pragma once", self.file.read_text())
        self.assertIn("--preset release", (self.root / "cmake.log").read_text())

    def test_what_is_open_is_not_overwritten(self):
        self.exercise("start", "02b")
        self.edit("// mine")
        self.exercise("start", "02b", status=2)
        self.assertIn("reset 02b", self.errors)
        self.assertIn("// mine", self.file.read_text())

    def test_reset_keeps_a_backup_each_time(self):
        self.exercise("start", "02b")
        for text in ("// first", "// second"):
            self.edit(text)
            self.exercise("reset", "02b")
            self.assertNotIn(text, self.file.read_text())
        kept = [path.read_text() for path in self.file.parent.iterdir() if path != self.file]
        self.assertEqual(len(kept), 2)
        self.assertTrue(any("// first" in text for text in kept))
        self.assertTrue(any("// second" in text for text in kept))

    def test_a_solution_that_passes(self):
        self.exercise("start", "02b")
        out = self.exercise("check", "02b")
        self.assertIn("  ok    title of each_page_once", out)
        self.assertIn("3 of 3", out)
        self.assertIn("ThreadSanitizer", out)
        others = [line[:3] for line in self.exercise("list").splitlines() if line[:3] > "02b"]
        self.assertIn(f"Next: ./workshop/exercise start {others[0]}" if others else "the last one", out)
        self.assertIn("done", self.line_of("02b"))
        self.edit("// changed")
        self.assertIn("changed since", self.line_of("02b"))

    def line_of(self, number, *arguments):
        return next(line for line in self.exercise("list", *arguments).splitlines()
                    if line.startswith(number))

    def test_a_solution_that_is_rejected(self):
        self.exercise("start", "02b")
        self.edit("// fails: full_sleeps")
        out = self.exercise("check", "02b", status=1)
        self.assertIn("  ok    title of each_page_once", out)
        self.assertIn("  FAIL  title of full_sleeps", out)
        self.assertIn("        allowed 4, counted 5\n", out)
        self.assertIn("| printed by the solution", out)
        self.assertIn("2 of 3 · my/02b/queue.hpp · ./workshop/exercise hint 02b", out)

    def test_the_same_in_portuguese_by_flag_and_by_environment(self):
        self.exercise("start", "02b")
        self.edit("// fails: full_sleeps")
        by_flag = self.exercise("check", "02b", "--lang", "pt", status=1)
        self.assertIn("  FALHA título de full_sleeps", by_flag)
        self.assertIn("permitidos 4, contados 5", by_flag)
        self.assertEqual(by_flag, self.exercise("check", "02b", status=1, LC_ALL="pt_BR.UTF-8"))
        self.assertEqual(by_flag, self.exercise("check", "02b", status=1, LANG="pt_BR.UTF-8"))

    def test_what_a_sanitizer_finds_names_the_learners_line(self):
        self.exercise("start", "02b")
        self.edit("// races")
        out = self.exercise("check", "02b", status=1)
        self.assertIn("FAIL  ThreadSanitizer", out)
        self.assertIn("data race in my/02b/queue.hpp:23", out)

    def test_a_file_that_does_not_compile_is_not_called_wrong(self):
        self.exercise("start", "02b")
        self.edit("// does not compile")
        out = self.exercise("check", "02b", status=3)
        self.assertIn("my/02b/queue.hpp:7", out)
        self.assertIn("expected ';'", out)
        self.assertIn("1 more", out)
        self.assertNotIn("FAIL", out)
        self.assertNotIn(str(self.root), out)

    def test_a_machine_that_cannot_build_or_check_is_not_the_learners_fault(self):
        self.exercise("start", "02b")
        self.edit("// no site")
        self.exercise("check", "02b", status=4)
        self.assertIn("no practice site", self.errors)
        self.assertIn("./workshop/doctor", self.errors)
        (self.root / "broken cmake").touch()
        self.exercise("check", "02b", status=4)
        self.assertIn("no fmt", self.errors)

    def test_hints_go_from_a_question_to_the_line_and_start_over_with_another_failure(self):
        hints = json.loads((ROOT / "workshop/02b_bounded_queue/hints.json").read_text())
        self.exercise("start", "02b")
        self.exercise("hint", "02b", status=2)
        self.assertIn("check 02b", self.errors)
        self.edit("// fails: full_sleeps")
        self.exercise("check", "02b", status=1)
        for level in (0, 1, 2, 2):
            out = " ".join(self.exercise("hint", "02b", "--lang", "pt").split())
            self.assertIn(" ".join(hints["full_sleeps"][level]["pt"].split()), out)
        self.edit("// fails: each_page_once")
        self.exercise("check", "02b", status=1)
        out = " ".join(self.exercise("hint", "02b").split())
        self.assertIn(" ".join(hints["each_page_once"][0]["en"].split()), out)

    def test_a_hint_names_the_row_as_the_check_does(self):
        self.exercise("start", "02b")
        for text, titles in (
                ("// races", {"en": "ThreadSanitizer has nothing to report",
                              "pt": "o ThreadSanitizer não tem nada a apontar"}),
                ("// fails: full_sleeps", {"en": "title of full_sleeps", "pt": "título de full_sleeps"})):
            self.edit(text)
            for language, before in (("en", "hint 1 of 3 · "), ("pt", "dica 2 de 3 · ")):
                checked = self.exercise("check", "02b", "--lang", language, status=1)
                self.assertRegex(checked, rf"(?m)^  (FAIL |FALHA) {titles[language]}$")
                hint = self.exercise("hint", "02b", "--lang", language)
                self.assertEqual(hint.splitlines()[0], before + titles[language])

    def test_the_solution_comes_after_passing_or_when_one_insists(self):
        self.exercise("start", "02b")
        self.exercise("solution", "02b", status=2)
        self.assertIn("--anyway", self.errors)
        self.assertIn("condition_variable", self.exercise("solution", "02b", "--anyway"))
        self.exercise("check", "02b")
        self.assertIn("condition_variable", self.exercise("solution", "02b"))

    def test_usage(self):
        for arguments, english, portuguese in (
                (("check", "99z"), "no exercise 99z", "não existe o exercício 99z"),
                (("check",), "which exercise? ./workshop/exercise check 02b", "qual exercício?"),
                (("chekc", "02b"), "no such command: 'chekc'; the commands are: list", "o comando 'chekc'"),
                ((), "which command? list, start", "qual comando? list, start"),
                (("check", "02b"), "start 02b", "start 02b"),
                (("hint", "02b"), "start 02b", "start 02b"),
                (("list", "02b", "--all"), "unknown argument: '--all'", "argumento desconhecido: '--all'"),
                (("list", "--lang", "fr"), "no such language: 'fr'; use en or pt", "desconhecida: 'fr'"),
                (("list", "--lang"), "no such language: ''", "língua desconhecida: ''")):
            for language, named in (("C.UTF-8", english), ("pt_BR.UTF-8", portuguese)):
                self.assertEqual(self.exercise(*arguments, status=2, LANG=language), "")
                self.assertIn(named, self.errors)
                self.assertEqual(self.errors.count("\n"), 1, self.errors)

    def test_a_reader_that_closes_its_pipe_is_no_error(self):
        for program in ("exercise", "plan"):
            read, write = os.pipe()
            os.close(read)
            result = subprocess.run([ROOT / "workshop" / program, "--help"], stdout=write,
                                    stderr=subprocess.PIPE, check=False)
            os.close(write)
            self.assertEqual((result.returncode, result.stderr), (-signal.SIGPIPE, b""))

    def test_lines_fit_a_terminal_of_80_columns(self):
        for language in ("en", "pt"):
            shutil.rmtree(self.root / "my", ignore_errors=True)
            texts = [self.exercise("list", "--lang", language),
                     self.exercise("start", "02b", "--lang", language)]
            self.edit("// fails: full_sleeps")
            texts.append(self.exercise("check", "02b", "--lang", language, status=1))
            texts.append(self.exercise("hint", "02b", "--lang", language))
            self.exercise("reset", "02b")
            texts.append(self.exercise("check", "02b", "--lang", language))
            self.edit("// changed")
            texts.append(self.exercise("list", "--lang", language))
            for line in "\n".join(texts).splitlines():
                self.assertLessEqual(len(line), 80, line)

    def test_progress_that_cannot_be_read_costs_only_the_marks(self):
        self.exercise("start", "02b")
        (self.root / "my" / "progress.json").write_text("{")
        self.assertIn("started", self.line_of("02b"))
        self.exercise("check", "02b")


if __name__ == "__main__":
    unittest.main()
