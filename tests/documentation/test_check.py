"""Each rule finds its planted fault: python3 -m unittest discover -b tests/documentation"""

import subprocess
import tempfile
import unittest
from contextlib import closing
from pathlib import Path

import console
import rules
import translations
from pages import Page, Repository, slug_of

PAGE, GLOSSARY, PICTURE = ((Path(__file__).parent / "planted" / name).read_text("utf-8")
                           for name in ("page.md", "glossary.md", "picture.svg"))
TABLE = "| a | b |\n|---|---|\n| a | b |\n"
WORDS = "tests/documentation/words.pt_BR.txt"
FILES = {"README.md": PAGE, "01_a/README.md": PAGE, "02_b/README.md": PAGE, "a.svg": PICTURE,
         "CONTRIBUTING.md": GLOSSARY, "other.md": "# É um título\n", translations.RECORD: "",
         "a.cpp": "// before\nint a;\n", WORDS: "thread\n", "tests/documentation/words.en.txt": "",
         "build/release/02/threads": "#!/bin/sh\necho ' -p,--pages'"}
OF_ALL_PAGES = (*rules.OF_ALL_PAGES, translations.check_translations)
# A rule, a file, and each time the last of what is replaced, by what, and the problem or "".
FAULTS = [
    (rules.check_parts, "README.md", [
        ("## Português (Brasil)\n", "", "needs the headings"),
        ("### Uma", "#### Uma", "README.md:5: the headings differ: line 5 in English, line 34 in"),
        (TABLE, TABLE[:-4] + "\n", "table rows"), (TABLE, "", "nothing in Portuguese"),
        (TABLE, TABLE + "\n<!-- only in Portuguese -->\n| a |\n|---|\n", ""),
        ("int a;", "int b;", "code blocks"), ("```cpp", "```c", "code blocks"),
        ("$ ls", "$ ls -l", "code blocks"), ("ls\na\n", "ls\nb\n", "code blocks"),
        ("(a.svg)", "(b.svg)", "pictures"), ("![Uma figura](a.svg)", "", "pictures"),
        ("(#dois)", "(#uma-thread)", "links"), ("(#dois)", "(#two)", "links"),
        ("(https://example.com/)", "(https://example.org/)", "links"),
        ("pt), [a.cpp](a.cpp)", "pt)", "links"), ("pt)", "pt) [b](https://b.org)", "")]),
    (rules.check_excerpts, "README.md", [
        ("int a;", "int  a;", "README.md:40"), ("Em [o arquivo](a.cpp)", "Em", "not in ''"),
        ("(a.cpp):", "(b.cpp):", "'b.cpp'"), ("```cpp\nint a", "```cmake\nint b", "'a.cpp'"),
        ("```cpp", "```cmake", "")]),
    (rules.check_links, "README.md", [
        ("#dois", "other.md#é-um-título", ""), ("#dois", "https://example.com/#nothing", ""),
        ("#dois", "b.cpp", "nothing at b.cpp"), ("#dois", "/a.cpp", "nothing at"),
        ("#dois", "#tres", "README.md:36: no such heading"), ("#dois", "#", "no such heading"),
        ("#dois", "other.md#e-um-titulo", "no such heading"), ("#dois", "a.cpp#L1", "no such"),
        ("a.svg", "b.svg", "b.svg"), ("[dois](#dois)", "<a href=\"b.md\">dois</a>", "b.md"),
        ("[dois](#", "[dois]\n\n[dois]: b.cpp\n[d](#", "nothing at b.cpp"),
        ("[dois](#dois)", "`[dois](#tres)`", "")]),
    (rules.check_glossary, "README.md", [
        ("### Dois", "Os fios de execução.", "README.md:53: 'fio de execução': the glossary"),
        ("### Dois", "Um fio. De execução, `linha`, alinhado, (*ciclo*).", ""),
        ("### Two", "Two fibers.", "'fiber'"), ("Em português](", "ciclo](", ""),
        ("### Two", "Event loops.", "'event loop' in English, but no 'laço de eventos'"),
        ("### Two\n", "Event loops.\n## Português (Brasil)\nLoops\n## English\n### Two\n", "")]),
    (rules.check_pictures, "README.md", [
        ("![Uma figura](a.svg)", "<img src=\"b.png\">", "b.png: not a well-formed SVG")]),
    (console.check_blocks, "README.md", [
        ("$ ls\na", "ls", "README.md:49: output of no"), ("$ ls\na\n", "", "no command"),
        ("```console\n$ ", "```sh\n", "README.md:48: write commands in a console block"),
        ("### Two", "    $ ls", "README.md:24: write commands"), ("### Two", "$ ls", "a console"),
        ("```console", "<!-- slow -->\n```console", "README.md:48: no known declaration: 'slow'"),
        ("```console", "<!-- not run: -->\n```console", "no known declaration")]),
    (rules.check_spelling, "README.md", [
        ("Two", "Twoo", "README.md:24: 'Twoo' is neither in en_US nor in tests/doc"),
        ("O arquivo", "O arqivo", "README.md:36: 'arqivo' is neither in pt_BR"),
        ("Em português", "In English", ""), ("Dois", "`arqivo` Thread (*data race*)", ""),
        ("Dois", "<a id=\"arqivo\"></a> <!-- arqivo --> https://a.b/arqivo arqivo.cpp", "")]),
    (translations.check_translations, "README.md", [
        ("The file", "The thread", "README.md:5: section 'One thread' changed in English only"),
        ("O arquivo", "A", "changed in Portuguese only"), ("### Two", "### Three", "English only"),
        ("### Dois", "### Três", "Portuguese only"), ("int a", "int b", ""),
        ("The file", "The\nfile", "")]),
    (rules.check_pictures, "a.svg", [
        ("</desc>", "", "README.md:26: a.svg: not a well-formed SVG: mismatched"),
        ("<desc>What it shows</desc>", "", "no <desc>"), ("A title", " ", "no <title>"),
        ("/2000/svg", "/2000", "xmlns"), ("</svg>", "</svg><svg/>", "not a well-formed"),
        ("width", "width=\"2\" width", "not a well-formed"), ("a com", "a -- com", "well-formed"),
        ("--pages", "--leaves", "--leaves is no option of threads"),
        ("threads", "fibers", "made by fibers: cmake"), ("made by", "made with", "no <metadata>")]),
    (rules.check_chapters, "02_b/README.md", [
        ("### Dois", "### Três", "'Três' where 01_a/README.md has 'Dois'"),
        ("### Two", "#### Two", "'References' where"), ("### Dois", "", "'Referências' where")]),
    (rules.check_spelling, WORDS, [
        ("thread", "thread\nwordx", f"{WORDS}:2: no page needs 'wordx'"),
        ("thread", "thread\nthread", f"{WORDS}:2: 'thread' is not in its place")])]
# A declaration, a block, and a part of the only problem or "".
RUNS = [
    ("", "$ echo a; echo b >&2\na\nb\n$ true\n$ v=5\n$ echo $v\n5", ""),
    ("", "$ seq 99\n1\n...\n50\n...\n98\n99\n$ seq 200000\n1\n...", ""),
    ("", "$ for i in a b; do\n>   echo $i\n> done\na\nb", ""), ("", "$ seq 2\n2\n1", "Line 4"),
    ("", "$ echo a; echo c\na\nb", "page.md:3: $ echo a; echo c: not what the page shows. Line 5"),
    ("", "$ echo a", "(nothing more)"), ("", "$ true\na", "expects:\n    a"),
    ("", "$ seq 99\n1\n...\n50\n...\n40\n...", "expects:\n    40"),
    ("", "$ true\n$ false", "page.md:4: $ false: exit status 1"),
    ("exit status: 1", "$ true\n$ false", ""), ("exit status: 1", "$ true", "no command ended"),
    ("exit status: 1", "$ false\n$ (exit 2)", "exit status 2"), ("", "$ exit", "did not end"),
    ("", "$ echo a; sleep 1000\na", "did not end in 10 s"), ("not run: WHY; yes", "$ false", ""),
    ("unordered", "$ seq 3\n2\n1\n3", ""), ("unordered", "$ seq 3\n3\n...", ""),
    ("unordered", "$ seq 3\n2\n1", "nothing more"), ("unordered", "$ seq 2\n1\n1", "Line 5"),
    ("unordered; varies: 8, 9", "$ seq 10 -1 7\n8\n9\n9\n10", ""),
    ("varies: 8, 9", "$ echo '7 of 20 (a.b)'\n8 of 20 (a.b)", ""),
    ("varies: 8", "$ echo '7 of 21 (a.b)'\n8 of 20 (a.b)", "Line 4"),
    ("", "$ (echo a; exec sleep 1000) &\na\n$ jobs -rp | wc -l\n1", ""),
    ("exit status: 143", "$ sleep 1000 &\n$ kill %1; wait %1", ""),
    ("", "$ sleep 1000 &\nready", "expects:\n    ready"), ("", "$ echo 10 p\n11 p", "11 p"),
    ("", "$ echo '5.02 s, 127.0.0.1:1 pid 5 |##-| 9 %'\n1.1 s, 127.0.0.1:9 pid 7 |#--| 10 %", ""),
    ("", "$ echo http://a.b:1/2\nhttp://a.b:1/3", "/3"), ("", "$ echo 0.2 s\n0.2 MiB", "MiB"),
    ("", "$ no_one\n...", "no_one is not here"), ("", "$ echo g++ 1.2.0\ng++ 1.3.0", "1.3.0")]


class Planted(unittest.TestCase):
    def setUp(self):
        console.LIMIT, console.JOB_LIMIT = 10, 5
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        for path, text in FILES.items():
            self.write(path, text)
        (self.root / "build/release/02/threads").chmod(0o755)
        translations.record(Repository(self.root), [])

    def write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, "utf-8")
        return Repository(self.root)

    def test_every_fault_is_found_and_nothing_else(self):
        for rule, file, faults in FAULTS:
            for old, new, message in [("", "", ""), *faults]:
                with self.subTest(rule=rule, old=old, new=new):
                    self.assertIn(old, FILES[file])
                    text = new.join(FILES[file].rsplit(old, 1)) if old else FILES[file]
                    repository = self.write(file, text)
                    page = () if rule in OF_ALL_PAGES else (repository.page("README.md"),)
                    problems = list(rule(*page, repository))
                    self.assertEqual(len(problems), 1 if message else 0, problems)
                    self.assertIn(message, "".join(problems))
            self.write(file, FILES[file])

    def test_anchors_and_forms_of_words(self):
        self.assertEqual(slug_of("É, em `std::x`? — a_b-c [d](d.md) **e** (F)"),
                         "é-em-stdx--a_b-c-d-e-f")
        page = Page("a", "# A\n## English\n### B\n<a id=\"x\"></a>\n### B\n", self.root)
        self.assertEqual([(anchor.value, anchor.text) for anchor in page.of("anchor")],
                         [("a", 0), ("english", 0), ("b", 1), ("x", 2), ("b-1", 3)])
        for word, found, same in (
                ("conexão", "conexões", 1), ("mensagem", "mensagens", 1), ("de", "da", 0),
                ("atômico", "atômicas", 1), ("cair", "cai", 1), ("processo", "processador", 0)):
            pattern = rules.forms_of(word, inflected=True)
            (self.assertRegex if same else self.assertNotRegex)(found, f"^{pattern}$")

    def test_translations_are_recorded_when_nothing_is_one_sided(self):
        name, text = "README.md#One thread", PAGE.replace("The file", "A file")
        changed = self.write("README.md", text)
        self.assertEqual(len(translations.record(changed, [])), 1)
        self.assertEqual(len(translations.record(changed, [name, "README.md#Two"])), 1)
        self.assertEqual(translations.record(changed, [name]), [])
        self.assertEqual(list(translations.check_translations(changed)), [])
        changed = self.write("README.md", text.replace("A file", "B").replace("O arq", "B"))
        self.assertIn("both languages: README", "".join(translations.check_translations(changed)))

    def run_blocks(self, text):
        with closing(console.Shell(self.root)) as shell:
            return console.run_page(Page("page.md", text, self.root), shell)

    def test_output_that_is_not_what_the_page_shows(self):
        for declared, block, message in RUNS:
            with self.subTest(declared=declared, block=block):
                text = f"<!-- {declared} -->\n```console\n{block}\n```\n"
                problems, _ = self.run_blocks(text)
                self.assertEqual(len(problems), 1 if message else 0, problems)
                self.assertIn(message, "".join(problems))

    def test_blocks_are_shown_as_they_came(self):
        block = "   ```console\n   $ for i in 1 2 3 '0.{} s' d; do\n   > echo $i; done\n   1\n" \
                "   ...\n   0.{} s\n   d\n   ```\n"
        problems, shown = self.run_blocks("1. a\n\n" + block.format(5, 7))
        self.assertEqual("\n".join(shown), "page.md:3:\n" + block.format(5, 5))

    def test_what_a_page_starts_ends_with_it(self):
        stubborn = "(trap '' TERM; echo $BASHPID; while :; do sleep 1; done) &"
        _, shown = self.run_blocks(f"<!-- varies: 1 -->\n```console\n$ {stubborn}\n1\n```\n")
        stat = Path("/proc", shown[3], "stat")
        self.assertTrue(not stat.exists() or stat.read_text().split()[2] == "Z")

    def test_pages_run_in_clean_copies_without_a_network(self):
        self.write("build/README.md", PAGE)
        self.assertEqual([page.path for page in Repository(self.root).readmes()],  # no .git
                         ["README.md", "01_a/README.md", "02_b/README.md"])
        text = "```console\n$ ls\nREADME.md\n$ ip -br address | wc -l\n1\n$ touch b\n```\n"
        pages = [Page("a.md", text, self.root), Page("b.md", text, self.root)]
        for command in (["git", "init", "-q"], ["git", "add", "README.md"]):
            subprocess.run(command, cwd=self.root, check=True)
        self.assertEqual(list(console.run_pages(pages, Repository(self.root), 2, False)), [])
