/* What pages do better with JavaScript. Every page works without this file. */
"use strict";
(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const on = (type, act, options) => document.addEventListener(type, act, options);
  const words = () => one("#toasts").dataset;

  // --- toasts confirm; they are never the only place of anything
  const TOAST_MS = 6000;
  function toast(text) {
    const line = document.createElement("p");
    line.className = "toast";
    line.textContent = text;
    one("#toasts").append(line);
    setTimeout(() => line.remove(), TOAST_MS);
  }
  setTimeout(() => all(".toast").forEach((line) => line.remove()), TOAST_MS);
  on("toast", (event) => toast(event.detail.value));

  // --- trouble with a request: a notice at the top, typed text stays
  function trouble(text, label, act) {
    const box = one("#trouble");
    const button = document.createElement("button");
    button.className = "btn";
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", () => { box.replaceChildren(); act(); });
    const line = document.createElement("p");
    line.textContent = text;
    const acts = document.createElement("div");
    acts.className = "acts";
    acts.append(button);
    const notice = document.createElement("div");
    notice.className = "notice";
    notice.dataset.s = "warn";
    notice.setAttribute("role", "alert");
    notice.append(document.createElement("span"), line, acts);
    box.replaceChildren(notice);
  }
  const reload = () => location.reload();
  const askToSignIn = () => trouble(words().signedOut, words().signIn, () => { keepDraft(all("main form")); reload(); });
  on("htmx:responseError", (event) => {
    const { xhr } = event.detail;
    if (xhr.status === 401) askToSignIn();
    else trouble(xhr.getResponseHeader("X-Words") || words().failed, words().retry, reload);
  });
  on("htmx:sendError", () => trouble(words().failed, words().retry, reload));

  // --- on a phone the chosen one of many tabs may stand outside the strip
  all(".views [aria-current]").forEach((tab) => {
    const strip = tab.parentElement;
    strip.scrollLeft = Math.max(0, tab.offsetLeft + tab.offsetWidth + 16 - strip.clientWidth);
  });

  // --- dialogs: a link with data-opens opens one; without JS the link leads to a page
  on("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    const dialog = opener && one(`#${opener.dataset.opens}`);
    if (dialog && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      dialog.showModal();
    } else if (event.target.closest("[data-closes]")) {
      event.target.closest("dialog").close();
    } else if (event.target.nodeName === "DIALOG") {
      event.target.close();
    }
    all("details.team[open]").forEach((menu) => menu.contains(event.target) || (menu.open = false));
  });

  // --- a button with data-asks="question" asks first; without JS it acts at once
  let answered = null;
  on("click", (event) => {
    const button = event.target.closest("[data-asks]");
    if (!button || button === answered) return;
    event.preventDefault();
    const dialog = one("#asks");
    one("p", dialog).textContent = button.dataset.asks;
    const yes = one(".pri", dialog);
    yes.textContent = button.dataset.yes || button.textContent;
    yes.onclick = () => {
      dialog.close();
      answered = button;
      button.click();
      answered = null;
    };
    dialog.showModal();
  });

  // --- the keyboard
  const isTyping = (target) =>
    target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.nodeName) && !/^(checkbox|radio)$/.test(target.type);
  let afterG = false;
  function row(step) {
    const rows = all(".tbl tbody tr");
    const at = rows.findIndex((line) => line.contains(document.activeElement));
    const next = rows[Math.max(0, Math.min(rows.length - 1, at + step))];
    const link = next && one("th a, td a", next);
    if (link) link.focus();
  }
  const KEYS = {
    "/": () => (one("[data-search], main input[type=search]") || one("a.find"))?.[one("main input[type=search]") ? "focus" : "click"](),
    "?": () => one("#keys")?.showModal(),
    g: () => { afterG = true; setTimeout(() => { afterG = false; }, 1200); },
    j: () => row(1),
    k: () => row(-1),
    x: () => one(".pick", document.activeElement.closest("tr") || document)?.click(),
  };
  on("keydown", (event) => {
    const { key, target } = event;
    if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "k" && one("#palette")) {
      event.preventDefault();
      one("#palette").open || one("#palette").showModal();
      return;
    }
    if (target.closest?.("#palette")) return void paletteKey(event);
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(target)) return;
    if (document.body.dataset.keys === "off" || one("dialog[open]")) return;
    if (afterG) {
      afterG = false;
      one(`.nav[data-key="${CSS.escape(key)}"]`)?.click();
    } else if (Object.hasOwn(KEYS, key)) {
      event.preventDefault();
      KEYS[key]();
    }
  });
  function paletteKey(event) {
    const stops = all("#palette input[type=search], #palette-found a");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = stops.indexOf(document.activeElement);
    if (step) {
      event.preventDefault();
      stops[Math.max(0, Math.min(stops.length - 1, at + step))].focus();
    } else if (event.key === "Enter" && at === 0 && stops[1]) {
      event.preventDefault();
      stops[1].click();
    } else if (event.key === "Escape") {
      one("#palette").close(); // a search field would only empty itself
    }
  }

  // --- Enter in a grid of cells saves the cell (its change event) and goes to the next bad one, or to the one below
  on("keydown", (event) => {
    const cell = event.target;
    if (event.key !== "Enter" || cell.nodeName !== "INPUT" || !cell.closest(".fixgrid")) return;
    event.preventDefault();
    const bad = all(".fixgrid input[aria-invalid=true]");
    const column = all(`.fixgrid input:not([type=hidden])[name$="-${cell.name.split("-").pop()}"]`);
    const next = bad.slice(bad.indexOf(cell) + 1).find((other) => other !== cell) || bad.find((other) => other !== cell)
      || column[column.indexOf(cell) + 1];
    if (next) { next.focus(); next.select(); } else cell.blur();
  });

  // --- ticking rows: the page, the ones kept from other pages, all that match
  const kept = (form) => `picks:${form.dataset.picks || location.pathname}`;
  const stored = (form) => new Set(JSON.parse(sessionStorage.getItem(kept(form)) || "[]"));
  function count(form) {
    const boxes = all(".pick[value]", form);
    const chosen = stored(form);
    boxes.forEach((box) => chosen[box.checked ? "add" : "delete"](box.value));
    sessionStorage.setItem(kept(form), JSON.stringify([...chosen]));
    const here = boxes.filter((box) => box.checked).length;
    const head = one(".pick-all", form);
    if (head) {
      head.checked = here > 0 && here === boxes.length;
      head.indeterminate = here > 0 && here < boxes.length;
    }
    const field = one("input[name=kept]", form);
    const label = one("[data-count]", form);
    const every = one("input[name=all]", form);
    if (field) field.value = [...chosen].filter((id) => !boxes.some((box) => box.value === id)).join(",");
    if (every) every.value = "";
    if (label) label.textContent = (chosen.size > here && here ? words().pages : label.dataset.count).replace("#", chosen.size);
  }
  function restore(root) {
    all("form", root.closest?.("form")?.parentNode || root).forEach((form) => {
      const boxes = all(".pick[value]", form);
      if (!boxes.length || !one(".bulk", form)) return;
      const chosen = stored(form);
      boxes.forEach((box) => { box.checked = chosen.has(box.value); });
      if (chosen.size) count(form);
    });
  }
  on("change", (event) => {
    const box = event.target;
    if (!box.matches?.(".pick, .pick-all")) return;
    if (box.matches(".pick-all")) all(".pick[value]", box.form).forEach((other) => { other.checked = box.checked; });
    count(box.form);
  });
  on("click", (event) => {
    const button = event.target.closest("[data-all]");
    if (!button) return;
    const label = one("[data-count]", button.form);
    one("input[name=all]", button.form).value = "1";
    label.textContent = label.dataset.count.replace("#", Number(button.dataset.all).toLocaleString());
  });
  on("submit", (event) => {
    if (one(".bulk", event.target)) sessionStorage.removeItem(kept(event.target));
  });

  // --- copy
  on("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const source = one(button.dataset.copy);
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    toast(words().copied);
  });

  // --- uploads: progress while the file travels, files dropped anywhere
  const underWay = new Set();
  addEventListener("pageshow", () => underWay.clear()); // back on the page: again
  function upload(form) {
    if (underWay.has(form)) return; // a second click sends nothing twice
    underWay.add(form);
    const request = new XMLHttpRequest();
    const meter = one("progress", form);
    form.hidden = false;
    request.upload.addEventListener("progress", (event) => {
      if (meter && event.lengthComputable) meter.value = event.loaded / event.total;
    });
    request.addEventListener("load", () => {
      const next = request.getResponseHeader("HX-Redirect"); // followed here, its messages would be lost
      if (next) return location.assign(next);
      underWay.delete(form);
      if (request.status === 401) askToSignIn();
      else showAnswer(request);
    });
    request.addEventListener("error", () => {
      underWay.delete(form);
      trouble(words().failed, words().retry, () => upload(form));
    });
    request.open("POST", form.action);
    request.setRequestHeader("HX-Request", "true");
    request.send(new FormData(form));
  }
  function showAnswer(request) {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const answer = one("#main", page);
    if (!answer) return trouble(request.getResponseHeader("X-Words") || words().failed, words().retry, reload);
    one("#main").replaceWith(document.adoptNode(answer));
    window.htmx?.process(one("#main"));
    focusIn(one("#main"));
  }
  on("submit", (event) => {
    const form = event.target;
    const picked = form.matches("[data-upload]") && all("input[type=file]", form).some((input) => input.files.length);
    if (!picked || event.submitter?.name) return;
    event.preventDefault();
    upload(form);
  });
  const carriesFiles = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
  const target = () => one("main form[data-upload]") || one("#dropped");
  on("dragover", (event) => {
    if (!carriesFiles(event) || !target()) return;
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  on("dragleave", (event) => event.relatedTarget || document.body.classList.remove("dropping"));
  on("drop", (event) => {
    document.body.classList.remove("dropping");
    if (!carriesFiles(event) || !target()) return;
    event.preventDefault();
    one("input[type=file]", target()).files = event.dataTransfer.files;
    upload(target());
  });

  // --- a session that ended while somebody typed: after signing in again the text is back
  const draftName = () => `draft:${location.pathname}`;
  function keepDraft(forms) {
    const fields = forms.filter((form) => form.method === "post" && !form.closest(".gate")).flatMap((form) =>
      [...new FormData(form)].filter(([name, value]) =>
        typeof value === "string" && name !== "csrfmiddlewaretoken" && form.elements[name]?.type !== "password"));
    if (fields.length) sessionStorage.setItem(draftName(), JSON.stringify(fields));
  }
  function bringDraftBack() {
    if (one(".gate")) return;
    const draft = sessionStorage.getItem(draftName());
    Object.keys(sessionStorage).filter((key) => key.startsWith("draft:")).forEach((key) => sessionStorage.removeItem(key));
    if (!draft || !document.referrer.includes("/signin/")) return;
    for (const [name, value] of JSON.parse(draft)) {
      all(`main [name="${CSS.escape(name)}"]`).forEach((field) => {
        if (/^(checkbox|radio)$/.test(field.type)) field.checked ||= field.value === value;
        else if (!/^(hidden|submit)$/.test(field.type) && field.value !== value) {
          field.value = value;
          field.closest("details")?.setAttribute("open", "");
          if (field.closest(".fixgrid")) addEventListener("load", () => field.dispatchEvent(new Event("change", { bubbles: true })));
        }
      });
    }
  }
  on("submit", (event) => keepDraft([event.target]));
  bringDraftBack();

  // --- focus after a swap goes where the reader has to look next
  function focusIn(root) {
    one("[data-focus]", root)?.focus();
  }
  on("htmx:afterSettle", (event) => { focusIn(event.target); restore(event.target); });
  focusIn(document);
  restore(document);
})();
