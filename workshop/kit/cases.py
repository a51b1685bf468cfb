"""Runs one case of a checker in a process of its own, and says how it ended.

Nothing that a solution does outlives its case: its processes are killed, its files lie in a folder
that is removed, and what never ends, forks forever or fills the memory is stopped.
"""
import ctypes
import json
import os
import re
import selectors
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field

FUSE_SECONDS = 20       # a case takes less than one; the only clock of a checker
SANITIZED_FACTOR = 10   # a sanitizer slows a program down by 2 to 15
MOST_PROCESSES = 300
MOST_MEMORY = 2 << 30   # bytes, of all processes of a case

PASSED = "passed"
REJECTED = "rejected"          # the case says why
FUSE = "fuse"                  # still waiting
CRASHED = "crashed"            # a signal, or an exit in the middle
SANITIZER = "sanitizer"        # the case passed, the sanitizer complained
PROCESSES = "processes"        # too many
MEMORY = "memory"              # too much
UNCHECKABLE = "uncheckable"    # this machine cannot tell


@dataclass
class Outcome:
    kind: str
    why: dict = field(default_factory=dict)      # {"en": ..., "pt": ...}
    counted: dict = field(default_factory=dict)
    waiting: dict = field(default_factory=dict)
    output: str = ""                             # what the solution printed, sanitizer's report included
    status: int = 0                              # of wait(2); negative: the signal


FINDING = re.compile(r"(?:WARNING|ERROR): \w+Sanitizer|: runtime error: ")
CANNOT_MAP = "unexpected memory mapping"
PR_SET_CHILD_SUBREAPER = 36  # prctl(2)


def adopt_orphans():
    """A process whose parent has ended becomes our child, so that we can reap it."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def processes_of_session(session):
    """{pid: (parent, resident bytes)} of all processes that began in the session."""
    page = os.sysconf("SC_PAGE_SIZE")
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
        except OSError:
            continue  # it has just ended
        if int(fields[3]) == session:
            found[int(pid)] = (int(fields[1]), int(fields[21]) * page)
    return found


def end_session(session, patience=0.0):
    """Kills what is left of a session, and reaps what has become our child."""
    deadline = time.monotonic() + patience
    while left := processes_of_session(session):
        if time.monotonic() >= deadline:
            for pid in left:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        for pid, (parent, _) in left.items():
            if parent == os.getpid() and pid != session:
                try:
                    os.waitpid(pid, os.WNOHANG)
                except ChildProcessError:
                    pass
        if list(left) == [session]:
            return
        time.sleep(0.005)


def end_children():
    """Kills what a solution has moved to a session of its own: the orphans came to us."""
    with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as file:
        for pid in map(int, file.read().split()):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def command_of(program, case, sanitizer, fixed_addresses):
    # Sanitizers reserve terabytes of addresses: there the watch counts what is used.
    limits = "ulimit -c 0" + (f"; ulimit -v {2 * MOST_MEMORY >> 10}" if sanitizer == "plain" else "")
    fixed = ["setarch", os.uname().machine, "-R"] if fixed_addresses else []
    return ["/bin/sh", "-c", f'{limits}; exec "$@"', "sh", *fixed, program, case]


def environment(folder, descriptor):
    return {**os.environ, "TMPDIR": folder, "LC_ALL": "C.UTF-8",
            "CHECK_REPORT_DESCRIPTOR": str(descriptor),
            "TSAN_OPTIONS": "exitcode=66 report_thread_leaks=0 detect_deadlocks=1",
            "ASAN_OPTIONS": "exitcode=66 detect_leaks=1",
            "UBSAN_OPTIONS": "exitcode=66 print_stacktrace=1"}


class Watch:
    """What a running case has said, and whether it must be ended."""

    def __init__(self, process, reports, fuse):
        self.process, self.fuse = process, time.monotonic() + fuse
        self.lines, self.output = b"", b""
        self.selector = selectors.DefaultSelector()
        self.selector.register(reports, selectors.EVENT_READ, "lines")
        self.selector.register(process.stdout.fileno(), selectors.EVENT_READ, "output")

    def listen(self, seconds):
        for key, _ in self.selector.select(seconds) if self.selector.get_map() else []:
            data = os.read(key.fd, 65536)
            if not data:
                self.selector.unregister(key.fd)
            setattr(self, key.data, (getattr(self, key.data) + data)[-(1 << 20):])

    def excess(self):
        """Why the case must be ended now; None: it may go on."""
        if time.monotonic() > self.fuse:
            return FUSE
        processes = processes_of_session(self.process.pid)
        if len(processes) > MOST_PROCESSES:
            return PROCESSES
        if sum(memory for _, memory in processes.values()) > MOST_MEMORY:
            return MEMORY
        return None

    def until_end(self):
        looked = time.monotonic()
        while self.process.poll() is None:
            self.listen(0.02)
            if time.monotonic() - looked > 0.1:
                looked = time.monotonic()
                if excess := self.excess():
                    os.killpg(self.process.pid, signal.SIGKILL)
                    return excess
        return None

    def close(self):
        """Reads what is there still: nobody writes any more."""
        while self.selector.get_map() and self.selector.select(0):
            self.listen(0)
        self.selector.close()

    def said(self):
        """{"rejected": {"en": ..., "pt": ...}, ...}: the last of each."""
        lines = {}
        for line in self.lines.decode(errors="replace").splitlines():
            try:
                report = json.loads(line)
                lines[report["what"]] = {"en": report["en"], "pt": report["pt"]}
            except (ValueError, KeyError):
                continue
        return lines


def outcome(excess, watch, status, sanitizer):
    said = watch.said()
    output = watch.output.decode(errors="replace")
    about = {"counted": said.get("counted", {}), "waiting": said.get("waiting", {}),
             "output": output, "status": status}
    if excess:
        return Outcome(excess, **about)
    if "uncheckable" in said:
        return Outcome(UNCHECKABLE, said["uncheckable"], **about)
    if "rejected" in said:
        return Outcome(REJECTED, said["rejected"], **about)
    if sanitizer != "plain" and FINDING.search(output):
        return Outcome(SANITIZER, **about)
    if "passed" in said and status == 0:
        return Outcome(PASSED, **about)
    return Outcome(CRASHED, **about)


def run_case(program, case, sanitizer="plain", fixed_addresses=False, fuse=FUSE_SECONDS, bound_to=None):
    folder = tempfile.mkdtemp(prefix="workshop-")
    reports, descriptor = os.pipe()
    command = command_of(str(program), case, sanitizer, fixed_addresses)
    if bound_to is not None:
        command = ["taskset", "-c", str(bound_to), *command]
    try:
        process = subprocess.Popen(
            command, cwd=folder, env=environment(folder, descriptor), pass_fds=[descriptor],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True)
        os.close(descriptor)
        watch = Watch(process, reports, fuse * (1 if sanitizer == "plain" else SANITIZED_FACTOR))
        try:
            excess = watch.until_end()
        finally:
            # A practice site that the case has started ends by itself when the case has ended.
            end_session(process.pid, patience=0 if process.poll() is None else 1)
        process.wait()
        watch.close()
        process.stdout.close()
        return outcome(excess, watch, process.returncode, sanitizer)
    finally:
        os.close(reports)
        shutil.rmtree(folder, ignore_errors=True)


def list_cases(program, fixed_addresses=False):
    """[{"name", "en", "pt"}] of a checker."""
    command = command_of(str(program), "--list", "address", fixed_addresses)
    listing = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(listing.stdout)


def needs_fixed_addresses(program):
    """Whether ThreadSanitizer finds its memory only without random addresses; None: nor then."""
    for fixed in (False, True):
        tried = subprocess.run(command_of(str(program), "--list", "thread", fixed),
                               capture_output=True, text=True)
        if tried.returncode == 0:
            return fixed
    return None
