"""What a solution may do to the room's machine: nothing that outlives its case."""
import os
import signal
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "workshop" / "kit"))

import cases  # noqa: E402

CHECKER = Path(__file__).with_name("fake_checker.py")


def command_lines():
    lines = set()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            lines.add(Path(f"/proc/{pid}/cmdline").read_bytes())
        except OSError:
            pass
    return lines


def children():
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


class Cases(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cases.adopt_orphans()

    def run_case(self, name, sanitizer="plain", **options):
        outcome = cases.run_case(CHECKER, name, sanitizer, **options)
        self.assertEqual([line for line in command_lines() if b"fake_checker.py\0" + name.encode() in line], [])
        return outcome

    def test_a_case_that_passes_says_what_it_counted(self):
        outcome = self.run_case("passes")
        self.assertEqual(outcome.kind, cases.PASSED)
        self.assertEqual(outcome.counted, {"en": "3 of 3", "pt": "3 de 3"})

    def test_a_rejected_case_says_why_in_both_languages(self):
        outcome = self.run_case("rejects")
        self.assertEqual(outcome.kind, cases.REJECTED)
        self.assertEqual(outcome.why, {"en": "allowed 4, counted 5", "pt": "permitidos 4, contados 5"})
        self.assertEqual(outcome.output, "what the solution printed\n")

    def test_the_fuse_says_what_was_waited_for(self):
        for name in ("hangs", "ignores_signals"):
            outcome = self.run_case(name, fuse=0.5)
            self.assertEqual(outcome.kind, cases.FUSE)
            self.assertEqual(outcome.waiting["en"], "the last page")

    def test_a_sanitizer_has_more_time(self):
        with mock.patch.object(cases, "SANITIZED_FACTOR", 1000):
            with mock.patch.object(cases, "MOST_PROCESSES", 0):  # ends it at the first look
                outcome = self.run_case("hangs", "thread", fuse=0.01)
        self.assertEqual(outcome.kind, cases.PROCESSES)

    def test_who_forks_for_ever_is_stopped(self):
        self.assertEqual(self.run_case("forks_for_ever").kind, cases.PROCESSES)

    def test_who_fills_the_memory_is_stopped(self):
        with mock.patch.object(cases, "MOST_MEMORY", 256 << 20):
            self.assertEqual(self.run_case("fills_memory", "address").kind, cases.MEMORY)
            self.assertEqual(self.run_case("fills_memory_in_children", "address").kind, cases.MEMORY)

    def test_addresses_are_limited_without_a_sanitizer(self):
        with mock.patch.object(cases, "MOST_MEMORY", 256 << 20):
            outcome = self.run_case("fills_memory")
        self.assertIn(outcome.kind, (cases.CRASHED, cases.MEMORY))

    def test_of_what_is_printed_for_ever_the_end_is_kept(self):
        outcome = self.run_case("prints_for_ever", fuse=0.5)
        self.assertEqual(outcome.kind, cases.FUSE)
        self.assertLessEqual(len(outcome.output), 1 << 20)

    def test_a_crash_names_its_signal(self):
        outcome = self.run_case("crashes")
        self.assertEqual((outcome.kind, outcome.status), (cases.CRASHED, -signal.SIGSEGV))

    def test_to_end_in_the_middle_is_not_to_pass(self):
        self.assertEqual(self.run_case("ends_in_the_middle").kind, cases.CRASHED)

    def test_what_is_left_running_is_ended(self):
        self.assertEqual(self.run_case("leaves_a_child").kind, cases.PASSED)
        self.assertNotIn(b"sleep\0001000\0", command_lines())
        self.assertEqual(self.run_case("leaves_a_daemon").kind, cases.PASSED)
        cases.end_children()
        self.assertNotIn(b"sleep\0001001\0", command_lines())
        self.assertEqual(children(), [])

    def test_no_zombie_is_left(self):
        self.assertEqual(self.run_case("leaves_a_zombie").kind, cases.PASSED)
        cases.end_children()
        self.assertEqual(children(), [])

    def test_no_file_is_left(self):
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(tempfile, "tempdir", folder):
            self.assertEqual(self.run_case("leaves_a_file").kind, cases.PASSED)
            self.assertEqual(os.listdir(folder), [])

    def test_no_descriptor_is_left(self):
        self.run_case("passes")
        before = len(os.listdir("/proc/self/fd"))
        self.run_case("passes")
        self.assertEqual(len(os.listdir("/proc/self/fd")), before)

    def test_a_sanitizers_report_outweighs_a_pass(self):
        self.assertEqual(self.run_case("races", "thread").kind, cases.SANITIZER)
        self.assertEqual(self.run_case("races").kind, cases.PASSED)

    def test_a_machine_that_cannot_tell_says_so(self):
        outcome = self.run_case("cannot_tell")
        self.assertEqual(outcome.kind, cases.UNCHECKABLE)
        self.assertEqual(outcome.why["pt"], "sem servidor de treino")

    def test_a_case_can_be_bound_to_one_processor(self):
        self.assertEqual(self.run_case("passes", bound_to=0).kind, cases.PASSED)


if __name__ == "__main__":
    unittest.main()
