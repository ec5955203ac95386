"""Bad guests of a web server until SIGTERM: load.py URL [CONNECTIONS]

Idle connections (2000 where not given), a hundred clients that send a half body byte by byte, and four that ask for rain over polygons with
too many corners or over the whole world, one question after the other.
"""
import asyncio
import collections
import json
import math
import resource
import signal
import sys
import urllib.parse

address = urllib.parse.urlsplit(sys.argv[1])
connections = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
answers = collections.Counter()
resource.setrlimit(resource.RLIMIT_NOFILE, (2 * connections + 1000, max(2 * connections + 1000, resource.getrlimit(resource.RLIMIT_NOFILE)[1])))


def question(body, length=None):
    return (f"POST /api/rain-over HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {length or len(body)}\r\nConnection: close\r\n\r\n").encode() + body


def star(corners):
    ring = [[9 + math.cos(2 * math.pi * i / corners) * (3 if i % 2 else 1), 51 + math.sin(2 * math.pi * i / corners)] for i in range(corners)]
    return json.dumps({"type": "Polygon", "coordinates": [[*ring, ring[0]]]}).encode()


async def again(kind, guest):
    while True:
        try:
            reader, writer = await asyncio.open_connection(address.hostname, address.port)
        except OSError:
            answers[kind, "refused"] += 1
            await asyncio.sleep(1)
            continue
        try:
            answers[kind, await guest(reader, writer)] += 1
        except ConnectionError:
            answers[kind, "closed"] += 1
        finally:
            writer.close()
        await asyncio.sleep(0.05)


async def idle(reader, _):
    await reader.read(1)
    return "closed"


async def slow(reader, writer):
    writer.write(question(b"", 100_000))
    for _ in range(1000):
        writer.write(b" ")
        await writer.drain()
        if reader.at_eof():
            break
        await asyncio.sleep(1)
    return "closed"


async def polygons(reader, writer, bodies=[star(999), star(20_000), star(100_000), b'{"type":"Polygon","coordinates":[[[-180,-90],[180,-90],[180,90],[-180,90],[-180,-90]]]}']):
    writer.write(question(bodies[sum(answers.values()) % len(bodies)]))
    await writer.drain()
    return (await reader.readline()).decode(errors="replace")[9:12] or "closed"


async def main():
    end = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, end.set)
    guests = [("idle", idle)] * connections + [("slow", slow)] * 100 + [("polygon", polygons)] * 4
    tasks = [asyncio.create_task(again(kind, guest)) for kind, guest in guests]
    await end.wait()
    for task in tasks:
        task.cancel()
    print(", ".join(f"{kind} {what}: {n}" for (kind, what), n in sorted(answers.items())) or "no connection ended")


asyncio.run(main())
