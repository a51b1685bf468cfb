"""One page after another: the program waits for an answer before it asks for the next page."""
import sys
import time

import requests

site = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080"
pages = int(sys.argv[2]) if len(sys.argv) > 2 else 50
start = time.perf_counter()

with requests.Session() as session:
    for page in range(1, pages + 1):
        response = session.get(f"{site}/delay/100/bytes/16384/page/{page}")
        print(f"page {page}: {response.status_code}, {len(response.content)} bytes")

print(f"{time.perf_counter() - start:.2f} s")
