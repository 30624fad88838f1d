import asyncio


async def answer(reader, writer):
    writer.write(await reader.readline())
    writer.close()


async def serve():
    async with await asyncio.start_server(answer, "0.0.0.0", 1883) as server:
        await server.serve_forever()


def main():
    asyncio.run(serve())
