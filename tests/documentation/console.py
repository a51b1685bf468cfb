"""Runs the commands in console blocks and compares what they print with what the page shows."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from select import select

from pages import HALVES

LIMIT = 900  # seconds for one command
JOB_LIMIT = 10  # seconds until a command in the background prints what the page shows

DECLARATION = re.compile(r"(unordered)|(varies): ([\d, ]+)|(exit status): (\d+)|"
                         r"(not run): (\S.*)")
NOTICE = re.compile(r"\[\d+\][-+ ] +(Done|Exit \d+|Stopped|Terminated|Killed)( .*)?")
NO_COMMAND = re.compile(r"(?m)^bash: line \d+: (\S+): command not found$")
OWN_NETWORK = ["unshare", "--net", "--map-root-user", "sh", "-c",
               'ip link set lo up && exec "$@"', "sh"]
# Commands come through a channel that they do not inherit. With job control each has a process
# group of its own, so that `kill %1` ends all of a pipeline.
LOOP = r"""set -m
while IFS= read -r -d '' -u CHANNEL command; do
    eval "$command" CHANNEL>&-
    printf '%s\n' "$?" >&CHANNEL
done"""
# What differs from run to run.
MASKS = [(re.compile(pattern), instead) for pattern, instead in (
    (r"\b[0-9a-f]{32,}\b", "<hash>"),
    (r"\b0x[0-9a-f]+\b", "<address>"),
    (r"(://[^/\s:]+|\b127\.0\.0\.1|\blocalhost|\[::1?\]):\d+\b", r"\1:<port>"),
    (r"\b(process|pid|PID|port) \d+\b", r"\1 <number>"),
    (r"(^|[^\d.])\d+\.\d+(?!\d|\.\d)", r"\1<decimal>"),  # no part of 127.0.0.1 or 12.2.0
    (r"(<decimal>|\b\d+) ?(%|x|s|ms|µs|MB|KiB|MiB|GiB)(?![A-Za-z])", r"<figure> \2"),
    (r"([-=#.~_*+])\1+", r"\1"),  # bars are as long as the times
    (r"\s+", " "))]

Command = namedtuple("Command", "line text output")


def declarations_of(code, page, problems):
    declared, comment = {"varies": [], "exit status": 0}, page.comment_before(code.line)
    convert = {"varies": lambda text: re.findall(r"\d+", text), "exit status": int}
    while comment:
        match = DECLARATION.match(comment)
        if not match:
            problems.append(page.problem(code.line - 1, f"no known declaration: '{comment}'"))
            break
        name, value = [*filter(None, match.groups()), ""][:2]
        declared[name] = convert.get(name, str)(value)
        comment = comment[match.end():].lstrip("; ")
    return declared


def commands_of(code, page, problems):
    commands = []
    for line, text in enumerate(code.text.splitlines(), code.line + 1):
        if text.startswith("$ "):
            commands.append(Command(line, text[2:], []))
        elif not commands:
            problems.append(page.problem(line, "output of no command ('$ ...')"))
        elif text.startswith("> ") and not commands[-1].output:
            commands[-1] = Command(commands[-1].line, f"{commands[-1].text}\n{text[2:]}", [])
        else:
            commands[-1].output.append(text)
    if not code.text:
        problems.append(page.problem(code.line, "no command ('$ ...') in this block"))
    return commands


def check_blocks(page, _):
    problems, shown = [], set()
    for code in page.of("code block"):
        if code.value == "console":
            shown.update(range(code.line, code.line + code.text.count("\n") + 2))
            declarations_of(code, page, problems)
            commands_of(code, page, problems)
    return problems + [page.problem(line, "write commands in a console block, where they are run")
                       for line, text in enumerate(page.lines, 1) if line not in shown and
                       re.match(r" *(\$ |```(sh|bash|shell|shell-session|zsh)$)", text)]


def masked(line):
    line = line.rstrip()
    for pattern, instead in MASKS:
        line = pattern.sub(instead, line)
    return line + "\n"


def pattern_of(line, varying):
    if line == "...":
        return r"((?:.*\n)*?)"
    parts = re.split(r"(\d+)", masked(line))
    return f"({''.join('[0-9]+' if part in varying else re.escape(part) for part in parts)})"


def compare(expected, got, declared):
    """(what to show, None where it differs; the index of the first expected line that misses)."""
    patterns = [pattern_of(line, declared["varies"]) for line in expected]
    lines = [masked(line) for line in got]
    if "unordered" in declared:
        return compare_in_any_order(expected, patterns, got, lines)
    text = "".join(lines)
    match = re.fullmatch("".join(patterns), text)
    if match:
        return [line if line == "..." else got[text.count("\n", 0, match.start(group))]
                for group, line in enumerate(expected, 1)], None
    return None, max(count for count in range(len(patterns) + 1)
                     if re.match("".join(patterns[:count]), text))


def compare_in_any_order(expected, patterns, got, lines):
    """Each pattern takes a line of its own; those that match fewest choose first."""
    left, wanted = [*range(len(lines))], [e for e, line in enumerate(expected) if line != "..."]
    choices = {e: [g for g in left if re.fullmatch(patterns[e], lines[g])] for e in wanted}
    for e in sorted(wanted, key=lambda e: len(choices[e])):
        free = [g for g in choices[e] if g in left]
        if not free:
            return None, e
        left.remove(free[0])
    if left and len(wanted) == len(expected):
        return None, len(expected)
    return [line for g, line in enumerate(got) if g not in left] + ["..."] * bool(left), None


class Shell:
    """One bash for a page: what a command leaves (variables, jobs) the next one finds."""

    def __init__(self, folder, prefix=()):
        self.read, self.is_over = b"", False
        self.channel, theirs = socket.socketpair()
        # Commands find the python3 that runs this, and ccache the objects of an earlier copy.
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "TERM": "dumb",
                       "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                       "CCACHE_BASEDIR": str(folder), "CCACHE_NOHASHDIR": "1"}
        self.process = subprocess.Popen(
            [*prefix, "bash", "-c", LOOP.replace("CHANNEL", str(theirs.fileno()))], cwd=folder,
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, pass_fds=[theirs.fileno()], start_new_session=True)
        os.set_blocking(self.process.stdout.fileno(), False)
        theirs.close()

    def close(self):
        """Ends all that the commands started. Until the shell is reaped its number is its own."""
        session = ["--session", str(self.process.pid)]
        for end in ("TERM", "KILL"):
            subprocess.run(["pkill", "--signal", end, *session], check=False)
            wait_for(lambda: subprocess.run(["pgrep", "--runstates", "D,R,S,T", *session],
                                            check=False, capture_output=True).returncode == 1, 2)
        self.channel.close()
        self.process.communicate()

    def run(self, command):
        """The exit status; None if the command did not end in time, or ended the shell."""
        self.channel.sendall(command.encode() + b"\0")
        wait_for(lambda: (self.lines(), select([self.channel], [], [], 0)[0])[1], LIMIT)
        status = self.channel.recv(16) if select([self.channel], [], [], 0)[0] else b""
        self.is_over = not status
        return int(status) if status else None

    def lines(self):
        """What came since `read` was emptied, without bash's notices that a job ended."""
        self.read += self.process.stdout.read() or b""
        lines = self.read.decode(errors="replace").splitlines()
        return [line for line in lines if not NOTICE.fullmatch(line)]


def wait_for(condition, limit):
    deadline = time.monotonic() + limit
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)


def run_page(page, shell):
    """(problems, the blocks as they came). The Portuguese half has the same: check_parts."""
    shown = []
    problems = [problem for code in page.of("code block") if code.value == "console" and
                code.half != HALVES[1] for problem in run_block(page, code, shell, shown)]
    return problems, shown


def run_block(page, code, shell, shown):
    declared, statuses = declarations_of(code, page, []), [0]
    if "not run" in declared or shell.is_over:
        return
    block = ["```console"]
    for command in commands_of(code, page, []):
        print(f"{page.path}:{command.line}: $ {command.text}", flush=True)
        shell.read = b""
        statuses.append(shell.run(command.text))
        if re.search("(?<!&)&$", command.text) and command.output:
            wait_for(lambda: compare(command.output, shell.lines(), declared)[0], JOB_LIMIT)
        got = shell.lines()
        lines, missing = compare(command.output, got, declared)
        what = what_is_wrong(command, statuses[-1], declared, got, missing)
        if what:
            what = f"$ {command.text}: {what}\n    all that came (--show prints it as a block):"
            yield page.problem(command.line, "\n    | ".join([what, *got]))
        block += ["$ " + command.text.replace("\n", "\n> "), *(got if lines is None else lines)]
        if shell.is_over:
            return
    if declared["exit status"] not in statuses:
        yield page.problem(code.line, "no command ended with the declared exit status")
    indent = re.match(" *", page.lines[code.line - 1])[0]
    lines = "\n".join([*block, "```\n"]).split("\n")
    shown += [f"{page.path}:{code.line}:", *((indent + line).rstrip() for line in lines)]


def what_is_wrong(command, status, declared, got, missing):
    tool = NO_COMMAND.search("\n".join(got))
    if status is None:
        return f"did not end in {LIMIT} s, or ended the shell"
    if status == 127 and tool:
        return f"{tool[1]} is not here: install it, or declare <!-- not run: needs {tool[1]} -->"
    if status not in (0, declared["exit status"]):
        return f"exit status {status}"
    if missing is None:
        return None
    line = command.line + command.text.count("\n") + 1 + missing
    expected = [*command.output, "(nothing more)"][missing]
    return f"not what the page shows. Line {line} expects:\n    {expected}"


def run_pages(pages, repository, jobs, show):
    own_network = subprocess.run([*OWN_NETWORK, "true"], capture_output=True, check=False)
    if own_network.returncode != 0:
        print("no right to a network of its own: fixed ports may be in use")

    def run(page):
        with tempfile.TemporaryDirectory() as folder:
            for path in repository.files():
                Path(folder, path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(repository.root / path, Path(folder, path))
            with closing(Shell(folder, () if own_network.returncode else OWN_NETWORK)) as shell:
                return run_page(page, shell)

    with ThreadPoolExecutor(jobs) as executor:
        for problems, shown in executor.map(run, pages):
            print("\n".join(shown) if show else "", end="")
            yield from problems
