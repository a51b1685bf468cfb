"""Several processes share nothing: each downloads pages and sends its results to the first one."""
import multiprocessing
import os
import sys
import time

import requests

site = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080"
pages = int(sys.argv[2]) if len(sys.argv) > 2 else 50
workers = int(sys.argv[3]) if len(sys.argv) > 3 else os.cpu_count()

session = requests.Session()  # without a connection yet, so that each process opens its own


def download(page):
    response = session.get(f"{site}/delay/100/bytes/16384/page/{page}")
    return f"page {page}: {response.status_code}, {len(response.content)} bytes"


if __name__ == "__main__":  # where processes do not begin with fork, each imports this file
    start = time.perf_counter()
    with multiprocessing.Pool(workers) as pool:
        for line in pool.imap_unordered(download, range(1, pages + 1)):
            print(line)
    print(f"{time.perf_counter() - start:.2f} s")
