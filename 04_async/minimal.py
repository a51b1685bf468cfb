"""Many coroutines in one thread: where one waits (await), the event loop lets another go on."""
import asyncio
import sys
import time

import aiohttp

site = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080"
pages = int(sys.argv[2]) if len(sys.argv) > 2 else 50
workers = int(sys.argv[3]) if len(sys.argv) > 3 else 50
start = time.perf_counter()


async def download(session, page):
    async with session.get(f"{site}/delay/100/bytes/16384/page/{page}") as response:
        content = await response.read()
        print(f"page {page}: {response.status}, {len(content)} bytes")


async def download_all():
    connector = aiohttp.TCPConnector(limit=workers)  # that many connections, so pages, at once
    async with aiohttp.ClientSession(connector=connector) as session:
        await asyncio.gather(*(download(session, page) for page in range(1, pages + 1)))


asyncio.run(download_all())

print(f"{time.perf_counter() - start:.2f} s")
