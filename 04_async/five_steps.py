"""Coroutines in five steps, with a timer for the wait: rice and beans need 100 ms each."""
import asyncio
import time

start = time.perf_counter()


def say(what):
    print(f"{time.perf_counter() - start:.1f} s: {what}")


async def cook(pot):  # 1.
    await asyncio.sleep(0.1)
    say(pot)


async def cook_in_turn():  # 3.
    await cook("rice")
    await cook("beans")
    say("in turn: done")


async def cook_at_once():  # 4.
    await asyncio.gather(cook("rice"), cook("beans"))
    say("at once: done")


never = cook("nothing")  # 2. never begins; at its end the program warns of it
asyncio.run(cook_in_turn())  # 5.

start = time.perf_counter()
asyncio.run(cook_at_once())
