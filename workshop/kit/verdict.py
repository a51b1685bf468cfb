"""Judges one solution: every case without a sanitizer, then what passed with each."""
import re
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import cases
from catalogue import ROOT
from words import indented

TOOLS = {"address": "AddressSanitizer", "thread": "ThreadSanitizer"}
AT_ONCE = 3  # cases wait more than they compute


class Uncheckable(Exception):
    """This machine cannot tell; the texts say why."""

    def __init__(self, texts):
        super().__init__(texts["en"])
        self.texts = texts


@dataclass
class Row:
    """A line of the verdict: a case, or a sanitizer over all cases."""
    name: str
    title: dict
    outcome: cases.Outcome

    @property
    def passed(self):
        return self.outcome.kind == cases.PASSED


def run_all(program, wanted, sanitizer, fixed, **options):
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(
            lambda case: cases.run_case(program, case, sanitizer, fixed, **options), wanted))


def judge(exercise, program_of, sanitizers=None, **options):
    """The rows. `program_of("thread")` is the checker that was built so."""
    program = program_of("plain")
    listed = cases.list_cases(program)
    outcomes = run_all(program, [case["name"] for case in listed], "plain", False, **options)
    rows = [Row(case["name"], {"en": case["en"], "pt": case["pt"]}, outcome)
            for case, outcome in zip(listed, outcomes)]
    rows += [judge_sanitized(rows, program_of(sanitizer), sanitizer, **options)
             for sanitizer in (exercise.sanitizers if sanitizers is None else sanitizers)]
    for row in rows:
        if row.outcome.kind == cases.UNCHECKABLE:
            raise Uncheckable(row.outcome.why)
    return rows


def judge_sanitized(rows, program, sanitizer, **options):
    """The sanitizer's own row. A case that fails only here fails in its own."""
    fixed = sanitizer == "thread" and cases.needs_fixed_addresses(program)
    title = {"en": f"{TOOLS[sanitizer]} has nothing to report",
             "pt": f"o {TOOLS[sanitizer]} não tem nada a apontar"}
    if fixed is None:
        why = {"en": "ThreadSanitizer finds no memory for itself",
               "pt": "o ThreadSanitizer não consegue a memória de que precisa"}
        return Row(sanitizer, title, cases.Outcome(cases.UNCHECKABLE, why))
    passed = [row for row in rows if row.passed]
    finding = cases.Outcome(cases.PASSED)
    outcomes = run_all(program, [row.name for row in passed], sanitizer, fixed, **options)
    for row, outcome in zip(passed, outcomes):
        if outcome.kind == cases.SANITIZER:
            finding = finding if finding.kind == cases.SANITIZER else outcome  # the first
        elif outcome.kind != cases.PASSED:
            row.outcome = outcome
    return Row(sanitizer, title, finding)


def looked_up(output):
    """The places of a report that knows only addresses: g++'s sanitizers lose lines of coroutines."""
    places = ""
    for program, address in re.findall(r"SUMMARY: .*?\((/\S+)\+(0x[0-9a-f]+)\)", output):
        places += subprocess.run(["addr2line", "-e", program, address], capture_output=True,
                                 text=True).stdout
    return places


def place_of_finding(output):
    """What a sanitizer calls its finding, and the first line of a solution that its report names."""
    summary = re.search(r"SUMMARY: \w+Sanitizer: (.*?)(?: \(| /|:| in |$)", output)
    undefined = re.search(r"runtime error: (.*)", output)
    what = (summary or undefined or [None, ""])[1].strip()
    for path, line in re.findall(rf"{re.escape(str(ROOT))}/(\S+?):(\d+)", output + looked_up(output)):
        if path.startswith(("my/", "workshop/")) and not path.startswith("workshop/kit") \
                and not path.endswith("check.cpp"):
            return what, f"{path}:{line}"
    return what, ""


def reason(outcome, say):
    """Why a row failed, in words and counts."""
    if outcome.kind == cases.REJECTED:
        return say.of(outcome.why)
    if outcome.kind == cases.FUSE:
        what = say.of(outcome.waiting) or say("waiting somewhere")
        return say("still waiting", what, cases.FUSE_SECONDS)
    if outcome.kind == cases.PROCESSES:
        return say("processes", cases.MOST_PROCESSES)
    if outcome.kind == cases.MEMORY:
        return say("memory", cases.MOST_MEMORY >> 30)
    if outcome.kind == cases.SANITIZER:
        what, place = place_of_finding(outcome.output)
        return say("finding", what, place) if place else what
    if outcome.status < 0:
        return say("crashed signal", signal.Signals(-outcome.status).name)
    return say("crashed status", outcome.status)


def show(row, say, width):
    label, title = say("ok" if row.passed else "fail"), say.of(row.title)
    line = f"  {label:<5} {title}"
    counted = say.of(row.outcome.counted) if row.passed else ""
    if counted:
        line += f"{counted:>{max(width - len(line), len(counted) + 2)}}"
    print(line)
    if row.passed:
        return
    print(indented(reason(row.outcome, say), 8, width))
    if row.outcome.kind in (cases.REJECTED, cases.FUSE, cases.CRASHED):
        for text in row.outcome.output.splitlines()[-5:]:  # what the solution printed last
            print(f"{'| ':>10}{text[:width - 10]}")
