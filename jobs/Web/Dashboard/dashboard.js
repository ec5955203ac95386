// Beside Hangfire's own script: a run as it goes on, and pause and resume among the recurring jobs.
(function () {
  function span(seconds) {
    if (seconds < 120) return Math.round(seconds) + " s";
    if (seconds < 7200) return Math.round(seconds / 60) + " min";
    return Math.round(seconds / 3600) + " h";
  }

  function show(panel, run) {
    const bar = panel.querySelector("progress"), log = panel.querySelector(".log");
    const runs = run.outcome === "running";
    bar.hidden = !runs;
    if (run.fraction === null) bar.removeAttribute("value"); else bar.value = run.fraction;
    panel.querySelector(".share").textContent = runs && run.fraction !== null ? Math.round(100 * run.fraction) + " %" : runs ? "" : run.outcome;
    panel.querySelector(".phase").textContent = runs ? run.phase : "";
    panel.querySelector(".times").textContent = (runs ? "for " : "after ") + span(run.seconds) +
      (run.secondsToGo !== null ? ", about " + span(run.secondsToGo) + " to go" : "") + (run.attempt > 1 ? ", attempt " + run.attempt : "") + ", on " + run.server;
    panel.querySelector(".message").textContent = run.message;
    const atEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 4;
    log.hidden = run.log === "";
    if (log.textContent !== run.log) log.textContent = run.log;
    if (atEnd) log.scrollTop = log.scrollHeight;
  }

  async function follow(panel) {
    try {
      const answer = await fetch(panel.dataset.url, { headers: { Accept: "application/json" } });
      const run = answer.ok ? await answer.json() : null;
      if (run) show(panel, run);
      const isOver = run && run.outcome !== "running";
      // The states below were written when the page was loaded.
      if (isOver && panel.dataset.seen === "running") return location.reload();
      panel.dataset.seen = run ? run.outcome : "";
      if (isOver && panel.dataset.state !== "Enqueued" && panel.dataset.state !== "Processing" && panel.dataset.state !== "Scheduled") return;
    } catch {
      // The server is away: the next second tells.
    }
    setTimeout(follow, 1000, panel);
  }

  function button(url, label, icon) {
    const made = document.createElement("button");
    made.className = "js-jobs-list-command btn btn-sm btn-default";
    made.disabled = true;
    made.dataset.url = url;
    made.dataset.loadingText = label + "…";
    const sign = document.createElement("span");
    sign.className = "glyphicon glyphicon-" + icon;
    made.append(sign, " " + label);
    return made;
  }

  async function markPaused(here) {
    const trigger = document.querySelector(".js-jobs-list .js-jobs-list-command[data-url$='/recurring/trigger']");
    if (trigger) trigger.after(" ", button(here + "/pause", "Pause", "pause"), " ", button(here + "/resume", "Resume", "play"));
    const answer = await fetch(here + "/paused", { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const paused = new Set(await answer.json());
    for (const cell of document.querySelectorAll(".js-jobs-list-row td.word-break:first-of-type, .js-jobs-list-row td:has(input) + td.word-break")) {
      if (!paused.has(cell.textContent.trim())) continue;
      const label = document.createElement("span");
      label.className = "label label-warning";
      label.textContent = "paused";
      cell.append(" ", label);
      cell.nextElementSibling.textContent = "when asked";
    }
  }

  // For those who hear the page: its words are English whatever the server's culture is called, and boxes have names.
  document.documentElement.lang = "en";
  for (const menu of document.querySelectorAll(".navbar-toggle")) menu.setAttribute("aria-label", "Menu");
  for (const all of document.querySelectorAll(".js-jobs-list-select-all")) all.setAttribute("aria-label", "Select all");
  for (const one of document.querySelectorAll(".js-jobs-list-checkbox")) one.setAttribute("aria-label", "Select " + one.value);

  // What is wider than a phone is scrolled by keys, too.
  function reachScrollers() {
    for (const box of document.querySelectorAll(".table-responsive, .state-card, pre")) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0; else box.removeAttribute("tabindex");
    }
  }
  reachScrollers();
  addEventListener("resize", reachScrollers);

  document.querySelectorAll(".nowcast-run").forEach(follow);
  const recurring = location.pathname.match(/^.*\/recurring\/?$/);
  if (recurring) markPaused(location.pathname.replace(/\/$/, ""));
})();
