from ._core import Page, start_fetch

__all__ = ["fetch"]


async def fetch(
    url: str, *, timeout: float = 30.0, max_bytes: int = 16 * 1024 * 1024
) -> Page:
    """Get a page over HTTP or HTTPS, following redirects, within `timeout` seconds.

    A status such as 404 is an answer, not an exception. Cancelling the task closes the connection.
    """
    # The compiled function returns a future of the running loop. With this around it, callers have a coroutine: nothing starts before
    # it is awaited, and `asyncio.create_task` takes it.
    return await start_fetch(url, timeout, max_bytes)
