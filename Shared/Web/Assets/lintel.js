// Makes pages live. Every page works without it. No framework, no inline script, no eval; one small part after another.
(() => {
  "use strict";
  const body = document.body;
  const words = JSON.parse(body.dataset.words || "{}");
  const lang = document.documentElement.lang || "en";
  const csrf = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  // The server's clock may have been set forward (development): countdowns go by it.
  const offset = body.dataset.now ? Date.parse(body.dataset.now) - Date.now() : 0;
  const now = () => Date.now() + offset;
  const say = (key, values = {}) => (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

  document.documentElement.classList.add("has-script");

  // Times: relative, in the viewer's zone, the exact one on hover.
  const span = (ms, style = "long") => {
    const minutes = Math.max(1, Math.round(ms / 60000));
    const [value, unit] = minutes < 60 ? [minutes, "minute"] : minutes < 2880 ? [Math.round(minutes / 60), "hour"] : [Math.round(minutes / 1440), "day"];
    return new Intl.NumberFormat(lang, { style: "unit", unit, unitDisplay: style }).format(value);
  };
  const countdown = (ms) => {
    const seconds = Math.floor(ms / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  };
  const exact = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short" });
  const dayOnly = new Intl.DateTimeFormat(lang, { dateStyle: "medium" });

  const tellRelative = (element) => {
    const at = Date.parse(element.dateTime);
    const distance = at - now();
    element.title = exact.format(at);
    if (Math.abs(distance) < 45000) element.textContent = say("now");
    else if (Math.abs(distance) > 7 * 86400000) element.textContent = dayOnly.format(at);
    else element.textContent = say(distance < 0 ? "ago" : "in", { time: span(Math.abs(distance)) });
  };
  const tellDue = (element) => {
    const left = Date.parse(element.dateTime) - now();
    const soon = Number(element.dataset.soon || 1800) * 1000;
    element.title = exact.format(Date.parse(element.dateTime));
    const time = Math.abs(left) < 600000 ? countdown(Math.abs(left)) : span(Math.abs(left));
    const text = say(left < 0 ? "overdue" : "due", { time });
    if (element.textContent !== text) element.textContent = text;
    element.classList.toggle("is-late", left < 0);
    element.classList.toggle("is-soon", left >= 0 && left < soon);
    element.classList.toggle("is-calm", left >= soon);
  };
  const tell = () => document.querySelectorAll("time[data-relative]").forEach(tellRelative);
  const tick = () => document.querySelectorAll("time[data-due]").forEach(tellDue);
  setInterval(tick, 1000);
  setInterval(tell, 30000);

  // Charts: bars and lines for those who would rather look; the table beside them says the same.
  window.addEventListener("load", () => {
    if (!window.Chart) return;
    const tone = (name) => getComputedStyle(body).getPropertyValue(name).trim();
    document.querySelectorAll("canvas[data-chart]").forEach((canvas) => {
      const { labels, series, kind = "bar" } = JSON.parse(canvas.dataset.chart);
      const tones = ["--line-2", "--accent", "--warn", "--good"].map(tone);
      const datasets = series.map((one, index) => ({ label: one.label, data: one.values, backgroundColor: tones[index % tones.length], borderColor: tones[index % tones.length], fill: false, pointRadius: 2, lineTension: 0 }));
      const font = { family: getComputedStyle(body).fontFamily };
      const ticks = { color: tone("--ink-2"), precision: 0, font };
      // Days stand in order: every few of them is enough to see where one is.
      const across = kind === "line" ? { ...ticks, maxRotation: 0, autoSkipPadding: 16 } : ticks;
      new window.Chart(canvas, {
        type: kind,
        data: { labels, datasets },
        options: {
          animation: false,
          maintainAspectRatio: false,
          plugins: { legend: { position: "bottom", labels: { color: tone("--ink-2"), boxWidth: 12, font } } },
          scales: { x: { ticks: across, grid: { display: false } }, y: { ticks, beginAtZero: true, grid: { color: tone("--line") } } },
        },
      });
    });
  });

  // What is typed into a form is looked up meanwhile: who has this number already. It is posted: addresses are written into logs.
  document.querySelectorAll("[data-lookup]").forEach((holder) => {
    const form = holder.closest("form");
    let asked = "", timer;
    const look = async () => {
      const names = holder.dataset.lookupFields.split(" ");
      const fields = Object.fromEntries(names.map((name) => [name, form.elements[name]?.value ?? ""]));
      const query = JSON.stringify(fields);
      if (query === asked) return;
      asked = query;
      const answer = await post(holder.dataset.lookup, fields).catch(() => null);
      if (answer?.ok && query === asked) holder.innerHTML = await answer.text();
    };
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(look, 250);
    });
  });

  // Toasts: what happened, with an undo for ten seconds.
  const toast = (text, undo) => {
    const item = document.createElement("div");
    item.className = "toast-item";
    const line = document.createElement("p");
    line.textContent = text;
    item.append(line);
    if (undo) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = say("undo");
      button.addEventListener("click", () => { item.remove(); undo(); });
      item.append(button);
    }
    document.querySelector("[data-toasts]")?.append(item);
    setTimeout(() => item.remove(), 10000);
  };

  // Posts a form; the answer's problem becomes the thrown message.
  const post = async (url, fields = {}) => {
    let answer;
    try {
      answer = await fetch(url, {
        method: "POST", credentials: "same-origin", redirect: "manual",
        headers: { "X-CSRF-Token": csrf(), Accept: "application/json" }, body: new URLSearchParams(fields),
      });
    } catch { throw new Error(say("offline")); }
    if (answer.ok || answer.type === "opaqueredirect") return answer;
    const problem = await answer.json().catch(() => ({}));
    throw new Error(problem.detail || say("refused"));
  };

  // What arrived while somebody looks: it slides in, and is said once.
  const arrive = (rows) => {
    rows.forEach((item) => item.classList.add("arrived"));
    const name = rows[0]?.querySelector("a")?.textContent;
    if (rows.length && rows.length < 4 && name) toast(say("arrived", { name }));
  };

  // Fragments: another service's piece of this page; its link stays when that service is away.
  // What is shown already is not drawn anew, so that nothing moves under somebody's hand.
  const plain = (html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    return holder.innerHTML.trim();
  };
  document.querySelectorAll("[data-fragment][data-loaded]").forEach((holder) => { holder.lintelShown = holder.innerHTML.trim(); });
  const load = async (holder) => {
    try {
      const answer = await fetch(holder.dataset.fragment, { credentials: "same-origin", headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) throw new Error();
      const html = await answer.text();
      delete holder.dataset.away;
      holder.dataset.loaded = "again";
      const shown = plain(html);
      if (holder.lintelShown === shown) { judge(); return; }
      holder.lintelShown = shown;
      const known = new Set([...holder.querySelectorAll("tr[id]")].map((row) => row.id));
      const focused = holder.contains(document.activeElement) ? document.activeElement : null;
      const row = focused?.closest("tr[id]")?.id;
      const ticked = new Set([...holder.querySelectorAll("[data-tick]:checked")].map((box) => box.value));
      holder.innerHTML = html;
      holder.querySelectorAll("[data-tick]").forEach((box) => { box.checked = ticked.has(box.value); });
      if (known.size) arrive([...holder.querySelectorAll("tr[id]")].filter((item) => !known.has(item.id)));
      if (focused) (row ? document.getElementById(row) : holder)?.querySelector("a")?.focus({ preventScroll: true });
      enliven(holder);
      judge();
    } catch {
      holder.dataset.away = "";
      judge();
      if (holder.dataset.fallback && !holder.querySelector(".gone")) {
        const line = document.createElement("p");
        line.className = "gone";
        line.textContent = holder.dataset.fallback;
        holder.append(line);
      }
    }
  };

  // Fragments that are looked at again and again, while somebody looks at the page.
  const repeat = (holder) => {
    if (holder.lintelRepeats) return;
    holder.lintelRepeats = true;
    setInterval(() => { if (!document.hidden) load(holder); }, Number(holder.dataset.every) * 1000);
  };

  // Operations: what each part needs is gathered on top; a part that does not answer is a need itself.
  const away = (part) => {
    const item = document.createElement("li");
    item.className = "is-bad";
    for (const [name, text] of [["need-text", say("ops-away", { name: part.dataset.part })], ["need-advice", say("ops-away-advice")]]) {
      const line = document.createElement("p");
      line.className = name;
      line.textContent = text;
      item.append(line);
    }
    return item;
  };
  function judge() {
    const box = document.querySelector("[data-verdict]");
    if (!box) return;
    const parts = [...document.querySelectorAll("[data-part]")];
    const isWaiting = parts.some((part) => !("away" in part.dataset) && !part.querySelector("[data-needs]"));
    const needs = parts.flatMap((part) => "away" in part.dataset ? [away(part)] : [...part.querySelectorAll("[data-needs] > li")].map((item) => item.cloneNode(true)));
    needs.sort((one, other) => other.classList.contains("is-bad") - one.classList.contains("is-bad"));
    const tone = needs.some((item) => item.classList.contains("is-bad")) ? "bad" : needs.length ? "warning" : isWaiting ? "waiting" : "good";
    const title = box.querySelector("[data-verdict-title]");
    const list = box.querySelector("[data-verdict-needs]");
    if (title.textContent !== say(`ops-${tone}`)) title.textContent = say(`ops-${tone}`);
    box.className = `verdict is-${tone}`;
    const html = needs.map((item) => item.outerHTML).join("");
    if (box.lintelShown !== html) { box.lintelShown = html; list.replaceChildren(...needs); }
  }

  // Live arrival: new rows slide in on top, known ones are replaced where they stand.
  const place = (data, into) => {
    const holder = document.createElement("template");
    holder.innerHTML = data.html;
    const fresh = holder.content.firstElementChild;
    if (!fresh) return;
    const known = fresh.id && document.getElementById(fresh.id);
    if (known) known.replaceWith(fresh);
    else document.querySelector(into)?.prepend(fresh);
    fresh.classList.add("arrived");
    enliven(fresh.parentElement ?? document);
  };
  // Many events at once are one reload.
  const waiting = new Set();
  const soon = (selector, after = 250) => {
    if (waiting.has(selector)) return;
    waiting.add(selector);
    setTimeout(() => {
      waiting.delete(selector);
      // A card that is in somebody's hand stays there.
      if (document.querySelector(".sortable-chosen")) soon(selector, 1000);
      else document.querySelectorAll(selector).forEach(load);
    }, after);
  };
  // A stream for each list, while its page is looked at: browsers allow a site six connections at once, for all tabs together.
  const listen = (element) => {
    if (element.lintelListens) return;
    element.lintelListens = true;
    let feed;
    const hear = (topic) => feed.addEventListener(topic, (event) => {
      const data = JSON.parse(event.data);
      if (data.html) place(data, element.dataset.liveInto || "[data-keys] tbody");
      document.dispatchEvent(new CustomEvent("lintel:live", { detail: { topic, data } }));
      if (element.dataset.liveReload) soon(element.dataset.liveReload);
    });
    const open = () => {
      if (feed || document.hidden) return;
      feed = new EventSource(element.dataset.live);
      // What happened between the page's making and the stream's opening, or while the stream was away, was not heard.
      feed.addEventListener("open", () => { if (element.dataset.liveReload) soon(element.dataset.liveReload, 0); });
      (element.dataset.liveTopics || "leads").split(/\s+/).forEach(hear);
    };
    const close = () => { feed?.close(); feed = undefined; };
    document.addEventListener("visibilitychange", () => { if (document.hidden) close(); else open(); });
    addEventListener("pagehide", close);
    addEventListener("pageshow", open);
    open();
  };

  // Boards: a dropped card is posted; a refusal puts it back and says why.
  const count = (board) => board.querySelectorAll(".lane").forEach((lane) => {
    lane.querySelector("[data-lane-count]").textContent = lane.querySelectorAll("[data-card]").length;
  });
  const drop = async ({ item, from, to, oldIndex }) => {
    if (from === to) return;
    const board = item.closest("[data-board]");
    const back = (target, index) => target.insertBefore(item, target.children[index] ?? null);
    count(board);
    item.classList.add("is-busy");
    try {
      await post(item.dataset.move, { to: to.dataset.lane });
      toast(say("moved", { name: to.closest(".lane").getAttribute("aria-label") }));
    } catch (error) {
      back(from, oldIndex);
      count(board);
      toast(error.message);
    } finally { item.classList.remove("is-busy"); }
  };
  const sort = (board) => {
    if (!window.Sortable || matchMedia("(max-width: 720px)").matches) return;
    board.querySelectorAll("[data-lane]").forEach((lane) => window.Sortable.create(lane, {
      group: "board", draggable: "[data-move]", animation: 120, ghostClass: "sortable-ghost", dragClass: "sortable-drag", onEnd: drop,
    }));
  };

  // Lists whose order matters: a dropped line is posted with its new place, and the page shown anew.
  const order = (list) => {
    if (!window.Sortable) return;
    window.Sortable.create(list, {
      draggable: "[data-rule]", filter: "a, button, select", preventOnFilter: false, animation: 120, ghostClass: "sortable-ghost",
      onEnd: async ({ item, oldIndex, newIndex }) => {
        if (oldIndex === newIndex) return;
        try { await post(list.dataset.sort, { rule: item.dataset.rule, to: newIndex }); location.reload(); }
        catch (error) { list.insertBefore(item, list.children[oldIndex < newIndex ? oldIndex : oldIndex + 1] ?? null); toast(error.message); }
      },
    });
  };

  // Keyboard: / and Ctrl-K search, j and k walk along a list, Enter opens; what else a key does with the picked row is said by the row.
  const rows = () => [...document.querySelectorAll("[data-keys] tbody tr, li[data-keys-item]")];
  const walk = (step) => {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.classList.contains("is-picked"));
    const next = all[Math.min(all.length - 1, Math.max(0, at + step))];
    all[at]?.classList.remove("is-picked");
    next.classList.add("is-picked");
    next.querySelector("a, button")?.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };
  // A key leads somewhere, presses a button of the row, or asks in a dialog what has to be known about it.
  const use = (row, key) => {
    const href = row.getAttribute(`data-key-${key}`);
    const button = row.querySelector(`[data-key="${key}"]`);
    const box = document.querySelector(`dialog[data-row-dialog="${key}"]`);
    const tick = row.querySelector("[data-tick]");
    if (href) location.assign(href);
    else if (button) button.click();
    else if (box?.showModal && tick) {
      box.querySelector("[data-row-value]").value = tick.value;
      box.querySelector("[data-row-name]").textContent = tick.getAttribute("aria-label");
      box.showModal();
    } else return false;
    return true;
  };
  document.addEventListener("keydown", (event) => {
    const search = document.getElementById("search");
    if ((event.key === "k" && (event.ctrlKey || event.metaKey)) && search) { event.preventDefault(); search.select(); search.focus(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
    if (document.querySelector("dialog[open]")) return;
    const picked = document.querySelector(".is-picked");
    if (picked && /^[a-z]$/.test(event.key) && use(picked, event.key)) { event.preventDefault(); return; }
    if (event.key === "/" && search) { event.preventDefault(); search.focus(); }
    if (event.key === "j" || (event.key === "ArrowDown" && event.target.closest("[data-keys]"))) { event.preventDefault(); walk(1); }
    if (event.key === "k" || (event.key === "ArrowUp" && event.target.closest("[data-keys]"))) { event.preventDefault(); walk(-1); }
    if (event.key === "Escape") document.querySelectorAll("details.person[open]").forEach((menu) => { menu.open = false; });
  });
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.person[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });

  // Several rows at once: the bar is there while something is ticked, and says how many.
  const choose = () => document.querySelectorAll("[data-bulk]").forEach((bar) => {
    const count = document.querySelectorAll(`[data-tick][form="${bar.id}"]:checked`).length;
    bar.classList.toggle("is-on", count > 0);
    bar.querySelector("[data-bulk-count]").textContent = count;
  });
  document.addEventListener("change", (event) => {
    const bar = event.target.closest("[data-bulk-all]")?.form;
    if (bar) document.querySelectorAll(`[data-tick][form="${bar.id}"]`).forEach((box) => { box.checked = event.target.checked; });
    choose();
  });
  const help = (isOpen) => {
    const box = document.querySelector("[data-keys-help]");
    if (!box?.showModal) return;
    if (box.open) box.close(); else if (isOpen) box.showModal();
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]), textarea, select")) return;
    if (document.querySelector("dialog[open]:not([data-keys-help])")) return;
    if (event.key === "x") {
      const box = document.querySelector(".is-picked [data-tick]");
      if (box) { event.preventDefault(); box.checked = !box.checked; choose(); }
    }
    if (event.key === "?") { event.preventDefault(); help(true); }
    if (event.key === "Escape") {
      document.querySelectorAll("[data-tick]:checked").forEach((box) => { box.checked = false; });
      choose();
    }
  });

  // The undo of a flash ends after ten seconds, as the server's does.
  const flashes = () => document.querySelectorAll("[data-undo]").forEach((form) => setTimeout(() => form.remove(), 10000));

  // A form is sent once.
  document.addEventListener("submit", (event) => {
    const button = event.target.querySelector("button:not([type=button])");
    if (event.target.method === "post" && button) setTimeout(() => { button.disabled = true; setTimeout(() => { button.disabled = false; }, 4000); }, 0);
  });

  function enliven(root) {
    root.querySelectorAll("[data-fragment]:not([data-loaded])").forEach(load);
    root.querySelectorAll("[data-every]").forEach(repeat);
    root.querySelectorAll("[data-live]").forEach(listen);
    root.querySelectorAll("[data-board]").forEach(sort);
    root.querySelectorAll("[data-sort]").forEach(order);
    choose();
    tell();
    tick();
  }
  window.Lintel = { post, toast, say };
  enliven(document);
  flashes();
})();
