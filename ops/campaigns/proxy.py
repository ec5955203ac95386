"""A TCP proxy before a Unix socket that can be made slow or still: proxy.py PORT SOCKET CONTROL

The first line of the file CONTROL, read again every 0.1 s: BYTES_A_SECOND DELAY_SECONDS, 0 bytes for no limit; "still" passes nothing on.
"""
import asyncio
import sys

port, socket, control = int(sys.argv[1]), sys.argv[2], sys.argv[3]


def mode():
    with open(control) as file:
        words = file.readline().split()
    return None if words[:1] == ["still"] else (int(words[0]), float(words[1])) if len(words) == 2 else (0, 0.0)


async def pump(reader, writer):
    try:
        while data := await reader.read(1 << 16):
            while (now := mode()) is None:
                await asyncio.sleep(0.1)
            limit, delay = now
            if limit or delay:
                await asyncio.sleep(delay + (len(data) / limit if limit else 0))
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass  # The other end is gone, and so is this one.
    finally:
        writer.close()


async def serve(reader, writer):
    try:
        inner, outer = await asyncio.open_unix_connection(socket)
    except OSError:
        writer.close()
        return
    await asyncio.gather(pump(reader, outer), pump(inner, writer))


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


asyncio.run(main())
