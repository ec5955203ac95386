/** Calls back when the service tells of a new run or scan of the grid; the browser reconnects by itself. */
export function listen(grid, onNews) {
  const events = new EventSource('/api/events');
  events.addEventListener('grid', (event) => {
    const news = JSON.parse(event.data);
    if (news.grid === grid()) onNews(news);
  });
}
