"""workshop/plan: what it prints is possible, complete in both languages, and fits on paper."""

import copy
import importlib.machinery
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLAN = ROOT / "workshop" / "plan"
LENGTHS = ("60", "120", "240")


def module():
    loader = importlib.machinery.SourceFileLoader("plan", str(PLAN))
    made = importlib.util.module_from_spec(importlib.util.spec_from_loader("plan", loader))
    loader.exec_module(made)
    return made


def plan(*arguments, **settings):
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1",
                   **settings}
    return subprocess.run([PLAN, *arguments], env=environment, capture_output=True,
                          encoding="utf-8", check=False)


class Plans(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.plan = module()
        cls.data = cls.plan.load()

    def test_the_plans_have_no_problem(self):
        self.assertEqual(list(self.plan.problems_of(self.data)), [])
        self.assertEqual(tuple(self.data["plans"]), LENGTHS)
        self.assertEqual(len(self.data["exercises"]), 12)
        self.assertEqual(len(self.data["glossary"]), 15)

    def finds(self, problem, change):
        data = copy.deepcopy(self.data)
        change(data)
        found = list(self.plan.problems_of(data))
        self.assertIn(problem, "\n".join(found))

    def test_each_rule_finds_its_planted_fault(self):
        plans = ("plans", "240")
        self.finds("240: the blocks make 241 minutes",
                   lambda data: data["plans"]["240"].append(["board", 1]))
        self.finds("240: no break for more than 110 minutes, at 02b",
                   lambda data: data[plans[0]]["240"].remove(["break", 10]))
        self.finds("120: 04b needs 27 minutes, and has 26",
                   lambda data: data["plans"]["120"].__setitem__(7, ["04b", 26]))
        self.finds("60: 02a needs 14 minutes, and has 13",
                   lambda data: data["plans"]["60"].__setitem__(4, ["02a", 13]))
        self.finds("60: there is no block 05", lambda data: data["plans"]["60"].append(["05", 1]))
        for kind, name in (("exercises", "01a"), ("first parts", "02a"), ("blocks", "break"),
                           ("glossary", "worker")):
            self.finds(f"{kind}: {name} has no text in pt", lambda data: data[kind][name].pop("pt"))
            self.finds(f"{kind}: {name} has no text in en",
                       lambda data: data[kind][name].update(en=""))

    def test_an_exercise_itself_says_its_minutes_and_title(self):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(PLAN.with_name("plan.json"), folder)
            made = Path(folder, "01a_kept")
            made.mkdir()
            (made / "exercise.json").write_text(
                '{"title": {"en": "New", "pt": "Novo"}, "minutes": 99}', "utf-8")
            data = self.plan.load(Path(folder))
        self.assertEqual(data["exercises"]["01a"], {"minutes": 99, "en": "New", "pt": "Novo"})
        self.assertIn("60: 01a needs 101 minutes, and has 12", list(self.plan.problems_of(data)))

    def test_the_glossary_has_the_words_of_contributing(self):
        terms = self.plan.glossary_of(self.data, "en")
        self.assertIn(("in flight", "em andamento", "asked for, not answered yet"), terms)
        self.assertIn(("coroutine", "corrotina", "a function that can pause and go on"), terms)
        self.assertEqual([term for term, *_ in terms], sorted(term for term, *_ in terms))


class Use(unittest.TestCase):
    def test_clock_times(self):
        out = plan("120", "--at", "14:00").stdout
        self.assertTrue(out.startswith("A workshop of 120 minutes, from 14:00 to 16:00\n\n14:00    8"))
        self.assertIn("\n15:02   10  Break\n", out)
        self.assertIn("\n15:55    5  Closing\n", out)

    def test_past_midnight(self):
        self.assertIn("from 23:30 to 00:30", plan("60", "--at", "23:30").stdout)

    def test_times_follow_each_other_and_lines_fit(self):
        for length in LENGTHS:
            for language in ("en", "pt"):
                out = plan(length, "--at", "8:05", "--lang", language).stdout
                self.assertLessEqual(max(map(len, out.splitlines())), 80)
                blocks = [(60 * int(hours) + int(minutes), int(many)) for hours, minutes, many in
                          re.findall(r"^(\d\d):(\d\d)  +(\d+)  ", out, re.M)]
                for (begin, minutes), (following, _) in zip(blocks, blocks[1:]):
                    self.assertEqual(begin + minutes, following)
                self.assertEqual(sum(blocks[-1]), 8 * 60 + 5 + int(length))

    def test_a_short_block_of_02a_is_the_race_only(self):
        self.assertIn("(only the race)", plan("60").stdout)
        self.assertIn("(só a corrida)", plan("60", "--lang", "pt").stdout)
        self.assertNotIn("(only", plan("120").stdout)

    def test_the_language_is_that_of_the_environment(self):
        for settings, word in (({"LANG": "pt_BR.UTF-8"}, "Uma aula"), ({"LANG": "C.UTF-8"}, "A work"),
                               ({"LANG": "pt_BR", "LC_ALL": "C.UTF-8"}, "A work"),
                               ({"LC_MESSAGES": "pt_PT.UTF-8"}, "Uma aula")):
            self.assertTrue(plan("60", **settings).stdout.startswith(word))

    def test_a_terminal_that_knows_ascii_only(self):
        done = plan("60", "--lang", "pt", LANG="C", LC_ALL="C", PYTHONIOENCODING="ascii",
                    PYTHONUTF8="0")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_wrong_usage(self):
        for arguments, english, portuguese in (
                (["90"], "'90' minutes; there are 60, 120 or 240", "'90' minutos; há de 60, 120 ou"),
                (["120", "--at", "25:99"], "no time of day: '25:99'; 00:00 to 23:59", "inválido: '25"),
                (["120", "--at", "14"], "no time of day: '14'", "horário inválido: '14'"),
                (["120", "--at", ""], "no time of day: ''", "horário inválido: ''"),
                (["120", "--at"], "--at needs a value", "--at precisa de um valor"),
                (["120", "60"], "unknown argument: '60'", "argumento desconhecido: '60'"),
                (["120", "--li"], "unknown argument: '--li'", "argumento desconhecido"),
                ([], "how many minutes? 60, 120 or 240", "quantos minutos? 60, 120 ou 240"),
                (["120", "--print", "/dev/null/a"], "cannot write to '/dev/null/a'", "gravar em '/dev"),
                (["120", "--lang", "fr"], "no such language: 'fr'; use en or pt", "desconhecida: 'fr'")):
            for language, message in (("en", english), ("pt", portuguese)):
                with self.subTest(arguments, language=language):
                    done = plan(*arguments, LANG=f"{language}.UTF-8")
                    self.assertEqual((done.returncode, done.stdout), (2, ""))
                    self.assertTrue(done.stderr.startswith("plan: "))
                    self.assertIn(message, done.stderr)

    def test_list_and_help(self):
        for language, word in (("en", "minutes"), ("pt", "minutos")):
            listed = plan("--list", "--lang", language).stdout
            self.assertEqual(re.findall(rf"^ *(\d+) {word}: ", listed, re.M), list(LENGTHS))
            self.assertLessEqual(max(map(len, listed.splitlines())), 80)
            self.assertIn("--print", plan("--help", "--lang", language).stdout)


class Paper(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="test-plan-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def pages(self, length, language):
        done = plan(length, "--at", "14:00", "--lang", language, "--print", self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [self.folder / f"{name}.{language}.html" for name in ("attendee", "host")]

    def test_a_page_is_complete_in_itself(self):
        for language in ("en", "pt"):
            for path in self.pages("240", language):
                text = path.read_text("utf-8")
                self.assertIn("size: A4", text)
                self.assertNotRegex(text, r"\{\{|<link|<script|<img|url\(|(?:src|href)=")

    def test_the_commands_on_paper_exist(self):
        tool = ROOT / "workshop" / "exercise"
        usage = subprocess.run([tool, "--help"], capture_output=True, text=True, check=True).stdout
        for language in ("en", "pt"):
            text = self.pages("60", language)[0].read_text("utf-8")
            commands = re.findall(r"<code>\./workshop/exercise (\w+)", text)
            self.assertEqual(len(commands), 6)
            for command in commands:
                self.assertRegex(usage, rf"\b{command}\b")

    def test_each_is_one_page_of_a4(self):
        browser = shutil.which("chromium")
        if not browser:
            self.skipTest("no chromium")
        for length, language in (("240", "en"), ("240", "pt"), ("60", "pt")):
            for path in self.pages(length, language):
                self.assertEqual(self.printed_pages(browser, path), 1, path.name)

    def test_two_pages_are_seen(self):
        browser = shutil.which("chromium")
        if not browser:
            self.skipTest("no chromium")
        path = self.pages("240", "en")[1]
        path.write_text(path.read_text("utf-8").replace("height: 297mm", "height: 500mm"), "utf-8")
        self.assertEqual(self.printed_pages(browser, path), 2)

    def test_nothing_is_cut_off_at_the_end_of_a_page(self):
        """A body that may grow does not."""
        browser = shutil.which("chromium")
        if not browser:
            self.skipTest("no chromium")
        for language in ("en", "pt"):
            for path in self.pages("240", language):
                text = path.read_text("utf-8")
                path.write_text(text.replace("height: 297mm", "min-height: 297mm")
                                .replace("overflow: hidden", ""), "utf-8")
                self.assertEqual(self.printed_pages(browser, path), 1, path.name)

    def printed_pages(self, browser, path):
        pdf = path.with_suffix(".pdf")
        subprocess.run([browser, "--headless", "--no-sandbox", "--disable-gpu",
                        f"--user-data-dir={self.folder}/browser", "--no-pdf-header-footer",
                        f"--print-to-pdf={pdf}", path.as_uri()], check=True, timeout=120,
                       capture_output=True)
        return len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes()))


if __name__ == "__main__":
    unittest.main()
