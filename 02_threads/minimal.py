"""Several threads share one list of pages: while one waits for its answer, the others run."""
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import requests

site = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080"
pages = int(sys.argv[2]) if len(sys.argv) > 2 else 50
workers = int(sys.argv[3]) if len(sys.argv) > 3 else 5
start = time.perf_counter()

thread = threading.local()  # what is stored in it, each thread has for itself


def open_session():
    thread.session = requests.Session()


def download(page):
    response = thread.session.get(f"{site}/delay/100/bytes/16384/page/{page}")
    return f"page {page}: {response.status_code}, {len(response.content)} bytes"


with ThreadPoolExecutor(workers, initializer=open_session) as pool:
    for line in pool.map(download, range(1, pages + 1)):
        print(line)

print(f"{time.perf_counter() - start:.2f} s")
