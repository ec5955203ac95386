// Renews what the page shows every two seconds. The page works without this script; it then shows the moment it was loaded.
async function renew() {
  try {
    if (!document.hidden && !document.querySelector("button:active")) {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const [now, then] = [page.querySelector("main"), document.querySelector("main")];
        const focused = document.activeElement?.closest("form")?.getAttribute("action");
        if (now && then.innerHTML !== now.innerHTML) then.replaceWith(now);
        if (focused) document.querySelector(`form[action="${CSS.escape(focused)}"] button`)?.focus();
      }
    }
  } catch {
    // The server is away: the next time tells.
  }
  setTimeout(renew, 2000);
}
setTimeout(renew, 2000);
