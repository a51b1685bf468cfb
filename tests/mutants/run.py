#!/usr/bin/env python3
"""Plants the bugs of mutants.txt one at a time and says which the tests notice.

    tests/mutants/run.py [--only TEXT] [--part K/N] [--jobs N] [--table FILE]

Changes the files of this checkout and puts them back, so leave it alone meanwhile, or run it in a
clone (in N clones, one part each). A mutant is caught when a test fails; it survives when every
test passes. Ends with 1 when one survives that mutants.txt does not explain, or does not compile.
"""
import argparse
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Without optimization: what is compiled again for each mutant is compiled in half the time.
BUILD = ROOT / "build" / "mutants"
CONFIGURE = ["cmake", "-S", ROOT, "-B", BUILD, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=None"]
# Whose tests can tell, by the first pattern that the mutant's file begins with: the likeliest first,
# since a mutant's run ends at the first failure.
SUITES = {
    r"0\d_\w+/mistakes/": "mistakes",
    r"0\d_\w+/(minimal|mutex|five_steps)": "minimal command_line",
    r"0\d_\w+/|common/(net|page)/": "unit contract names faults parsers command_line",
    r"common/practice_site/": "any_client unit command_line",
    r"": "unit command_line",
}


class Mutant:
    def __init__(self, block):
        self.name, self.file, *lines = block.rstrip().split("\n")
        self.old = [line[2:].strip() for line in lines if line.startswith("-")]
        self.new = [line[2:] for line in lines if line.startswith("+")]
        reasons = [line for line in lines if line.startswith("equivalent:")]
        self.reason = reasons[0].removeprefix("equivalent:").strip() if reasons else ""

    def planted_in(self, text):
        pattern = r"\s*\n\s*".join(re.escape(line) for line in self.old)
        found = list(re.finditer(pattern, text))
        if len(found) != 1:
            raise ValueError(f"{self.name}: stands {len(found)} times in {self.file}, not once")
        begin, end = found[0].span()
        return text[:begin] + "\n".join(self.new) + text[end:]


def read_mutants():
    text = (ROOT / "tests/mutants/mutants.txt").read_text()
    return [Mutant(block) for block in re.split(r"^== ", text, flags=re.M)[1:]]


def run(command, **options):
    return subprocess.run(command, capture_output=True, text=True, errors="replace", **options)


def suites_of(file):
    return next(names for pattern, names in SUITES.items() if re.match(pattern, file)).split()


def verdict_of(suites, jobs):
    """The name of a test that fails, and how."""
    for suite in suites:
        if run(["cmake", "--build", BUILD, "--target", f"tests/{suite}/all"]).returncode != 0:
            return "does not compile"
        result = run(["ctest", "--test-dir", BUILD / "tests" / suite, "--stop-on-failure",
                      "--timeout", "60", "-j", str(jobs)])
        if result.returncode != 0:
            failed = re.search(r"Test +#\d+: (.*?) \.+[\w ]*\*\*\*(\w+)", result.stdout)
            return f"{failed[1]} ({failed[2]})" if failed else suite
    return "SURVIVED"


def judge(mutant, jobs):
    path = ROOT / mutant.file
    original = path.read_text()
    path.write_text(mutant.planted_in(original))
    try:
        return verdict_of(suites_of(mutant.file), jobs)
    finally:
        path.write_text(original)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="", help="mutants whose name or file contains TEXT")
    parser.add_argument("--part", default="1/1", help="the K-th of N parts")
    parser.add_argument("--jobs", type=int, default=4, help="tests at a time")
    parser.add_argument("--table", type=Path, metavar="FILE",
                        help="append each result to FILE; what stands there is not run again")
    parser.add_argument("--check", action="store_true", help="only: does each fit its file?")
    arguments = parser.parse_args()
    mutants = [m for m in read_mutants() if arguments.only in m.name + " " + m.file]
    part, parts = map(int, arguments.part.split("/"))
    mutants = mutants[part - 1::parts]
    for mutant in mutants:
        mutant.planted_in((ROOT / mutant.file).read_text())
    if arguments.check:
        return 0
    table = arguments.table.read_text() if arguments.table and arguments.table.exists() else ""
    mutants = [m for m in mutants if f"| {m.name} | `{m.file}` |" not in table]

    run(CONFIGURE, check=True)
    suites = sorted({suite for mutant in mutants for suite in suites_of(mutant.file)})
    if (failure := verdict_of(suites, arguments.jobs)) != "SURVIVED":
        sys.exit(f"without any mutant the tests do not pass: {failure}")
    survivors = 0
    for number, mutant in enumerate(mutants, 1):
        begin = time.monotonic()
        verdict = judge(mutant, arguments.jobs)
        if verdict == "SURVIVED" and mutant.reason:
            verdict = "equivalent: " + mutant.reason
        survivors += verdict in ("SURVIVED", "does not compile")
        if arguments.table:
            with arguments.table.open("a") as file:
                file.write(f"| {mutant.name} | `{mutant.file}` | {verdict} |\n")
        print(f"{number:3}/{len(mutants)} {time.monotonic() - begin:4.0f} s  {mutant.name}: {verdict}",
              flush=True)
    print(f"{len(mutants)} mutants, {survivors} not noticed")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
