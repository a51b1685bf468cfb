#!/usr/bin/python3
"""A checker whose cases behave as the worst solutions do."""
import ctypes
import json
import os
import signal
import subprocess
import sys
import time


def say(what, en="", pt=""):
    line = json.dumps({"what": what, "en": en, "pt": pt}) + "\n"
    os.write(int(os.environ["CHECK_REPORT_DESCRIPTOR"]), line.encode())


def passes():
    say("counted", "3 of 3", "3 de 3")
    say("passed")


def rejects():
    print("what the solution printed")
    say("rejected", "allowed 4, counted 5", "permitidos 4, contados 5")
    os._exit(1)


def hangs():
    say("waiting", "the last page", "a última página")
    time.sleep(1000)


def ignores_signals():
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    hangs()


def forks_for_ever():
    while True:
        try:
            os.fork()
        except OSError:
            pass


def fills_memory():
    kept = []
    while True:
        kept.append(bytearray(b"x" * (16 << 20)))


def fills_memory_in_children():
    for _ in range(4):
        if os.fork() == 0:
            kept = bytearray(b"x" * (900 << 20))
            time.sleep(1000)
            del kept
    time.sleep(1000)


def prints_for_ever():
    while True:
        print("x" * 10000)


def crashes():
    os.kill(os.getpid(), signal.SIGSEGV)


def ends_in_the_middle():
    os._exit(0)


def leaves_a_child():
    subprocess.Popen(["sleep", "1000"])
    say("passed")


def leaves_a_daemon():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execvp("sleep", ["sleep", "1001"])
        os._exit(0)
    os.wait()
    say("passed")


def leaves_a_zombie():
    if os.fork() == 0:
        os._exit(0)
    say("passed")


def leaves_a_file():
    with open("left", "w", encoding="ascii") as file:
        file.write("x")
    with open(os.environ["TMPDIR"] + "/left too", "w", encoding="ascii") as file:
        file.write("x")
    say("passed")


def races():
    print("WARNING: ThreadSanitizer: data race (pid=1)")
    say("passed")


def cannot_tell():
    say("uncheckable", "no practice site", "sem servidor de treino")
    os._exit(4)


if __name__ == "__main__":
    globals()[sys.argv[1]]()
