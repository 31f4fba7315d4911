// The assistant on a web page: <script src="https://SERVICE/widget.js" data-key="KEY" async></script>
//
// Whatever is answered is set as text, never as HTML. It asks the service that it came from and nobody else, needs
// no inline style or script, and keeps nothing but the token of its conversation, for as long as the tab is open.

(() => {
  "use strict";
  const own = document.currentScript;
  const key = own?.dataset.key;
  if (!key) {
    console.error("smalti: the script tag needs data-key");
    return;
  }
  const base = `${new URL(own.src).origin}/v1/widget/${encodeURIComponent(key)}`;
  const kept = `smalti-${key}`;
  const MOST = 2000;

  const made = (name, attributes = {}, ...inside) => {
    const element = document.createElement(name);
    for (const [at, value] of Object.entries(attributes)) {
      if (at.startsWith("on")) element.addEventListener(at.slice(2), value);
      else if (value !== false) element.setAttribute(at, value === true ? "" : value);
    }
    element.append(...inside.map((one) => (one instanceof Node ? one : document.createTextNode(String(one)))));
    return element;
  };

  // ---- asking the service

  class Told extends Error {}

  async function ask(what, body) {
    let answer;
    try {
      answer = await fetch(`${base}/${what}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        credentials: "omit",
        referrerPolicy: "no-referrer",
      });
    } catch {
      throw new Told("The assistant cannot be reached. Please try again later.");
    }
    if (answer.ok) return answer;
    const wait = answer.headers.get("retry-after");
    const told = new Told(
      answer.status === 429
        ? `Please wait ${wait ? `${Number(wait)} seconds` : "a little"} and ask again.`
        : "The assistant cannot answer at the moment. Please try again later.",
    );
    told.status = answer.status;
    throw told;
  }

  let token = null;
  try {
    token = sessionStorage.getItem(kept);
  } catch {
    // A page may forbid it: the conversation then lasts as long as the page.
  }

  function keep(value) {
    token = value;
    try {
      if (value) sessionStorage.setItem(kept, value);
      else sessionStorage.removeItem(kept);
    } catch {
      // As above.
    }
  }

  async function conversation() {
    if (!token) keep((await (await ask("conversations", {})).json()).token);
    return token;
  }

  async function within(what, body) {
    try {
      return await ask(what, { ...body, conversation: await conversation() });
    } catch (error) {
      if (error.status !== 401) throw error;
      keep(null); // it has ended: begin another
      return ask(what, { ...body, conversation: await conversation() });
    }
  }

  async function* events(answer) {
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += value.replaceAll("\r\n", "\n");
      const parts = rest.split("\n\n");
      rest = parts.pop();
      for (const part of parts) {
        const told = { event: "message", data: "" };
        for (const line of part.split("\n")) {
          const [, name, text] = /^(event|data): ?(.*)$/.exec(line) ?? [];
          if (name === "event") told.event = text;
          else if (name === "data") told.data += text;
        }
        if (told.data) yield { event: told.event, data: JSON.parse(told.data) };
      }
    }
  }

  // ---- showing an answer

  let numbers = 0;

  function sentence(place, told, turn) {
    place.append(made("span", {}, `${told.text} `));
    for (const mark of told.cites) {
      place.append(
        made(
          "button",
          { type: "button", class: "mark", "aria-label": `Source ${mark}`, onclick: () => turn.source(mark) },
          `[${mark}]`,
        ),
      );
    }
  }

  function sources(told, turn) {
    const list = made("ol");
    const all = made("details", {}, made("summary", {}, `Sources (${told.sources.length})`), list);
    const items = new Map();
    for (const one of told.sources) {
      const about = [one.title, one.where, one.date].filter(Boolean).join(", ");
      const item = made("li", { tabindex: "-1", value: one.mark }, made("span", {}, about));
      if (one.quote) item.append(made("q", {}, one.quote));
      if (one.synthetic) item.append(made("span", { class: "note warn" }, "Synthetic data: not about a real company."));
      if (one.suspicious) item.append(made("span", { class: "note warn" }, `Suspicious: ${one.suspicious}`));
      items.set(one.mark, item);
      list.append(item);
    }
    turn.source = (mark) => {
      all.open = true;
      items.get(mark)?.scrollIntoView({ block: "nearest" });
      items.get(mark)?.focus();
    };
    return all;
  }

  function verdict(told) {
    const place = made("div", { class: "verdict", role: "group", "aria-label": "Was this answer helpful?" });
    const rate = async (thumb) => {
      try {
        await within("feedback", { turn: told.turn, thumb });
        const thanks = made("span", { class: "note", role: "status", tabindex: "-1" }, "Thank you.");
        place.replaceChildren(thanks);
        thanks.focus(); // the button that had it is gone
      } catch (error) {
        place.append(made("span", { class: "note", role: "status" }, error.message));
      }
    };
    place.append(
      made("button", { type: "button", onclick: () => rate("up") }, "Helpful"),
      made("button", { type: "button", onclick: () => rate("down") }, "Not helpful"),
    );
    return place;
  }

  function rest(told, turn, place) {
    for (const one of told.computations) place.append(made("p", { class: "about" }, `${one.formula}: ${one.worked}`));
    for (const note of told.notes) place.append(made("p", { class: "note" }, note));
    if (told.sources.length) place.append(sources(told, turn));
    if (told.offers.length) {
      const buttons = told.offers.map((offer) =>
        made("button", { type: "button", onclick: () => send(offer) }, offer),
      );
      const label = told.status === "unclear" ? "Which one?" : "You may ask";
      place.append(made("div", { class: "offers", role: "group", "aria-label": label }, ...buttons));
    }
    if (told.person) place.append(made("p", { class: "note" }, told.person));
    place.append(verdict(told));
  }

  async function send(text) {
    const words = text.trim().slice(0, MOST);
    if (!words || busy) return;
    setBusy(true);
    field.value = "";
    log.append(made("div", { class: "turn asked" }, made("span", { class: "said" }, "You: "), words));
    const working = made("p", { class: "working" }, "Looking…");
    const place = made("p");
    const whole = made("div", { class: "turn", id: `turn-${++numbers}` }, working, place);
    log.append(whole);
    whole.scrollIntoView({ block: "end" });
    const turn = { source: () => {} };
    try {
      const answer = await within("questions", { text: words });
      for await (const { event, data } of events(answer)) {
        if (event === "sentence") sentence(place, data, turn);
        else if (event === "answer") rest(data, turn, whole);
        else if (event === "error") throw new Told("The assistant cannot answer this at the moment.");
      }
    } catch (error) {
      if (!(error instanceof Told)) console.error(error);
      place.append(error instanceof Told ? error.message : "The answer broke off. Please ask again.");
    }
    working.remove();
    setBusy(false);
    whole.scrollIntoView({ block: "nearest" });
    field.focus();
  }

  async function person() {
    if (busy) return;
    setBusy(true);
    let told;
    try {
      told = (await (await within("person", {})).json()).told;
    } catch (error) {
      told = error.message;
    }
    log.append(made("div", { class: "turn" }, made("p", {}, told)));
    setBusy(false);
    field.focus();
  }

  // ---- what stands on the page

  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const styles = new CSSStyleSheet();
  styles.replaceSync(__STYLES__);
  root.adoptedStyleSheets = [styles];

  let busy = false;
  const title = made("h2", { id: "title" }, "Ask us");
  const log = made("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": "Conversation", tabindex: "0" });
  const field = made("textarea", {
    id: "field", rows: "2", maxlength: String(MOST), "aria-label": "Your question", placeholder: "Your question",
    onkeydown: (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        send(field.value);
      }
    },
  });
  const submit = made("button", { class: "send" }, "Send");
  const call = made("button", { type: "button", hidden: true, onclick: person }, "Speak to a person");
  const form = made(
    "form",
    { onsubmit: (event) => { event.preventDefault(); send(field.value); } },
    field,
    made("div", { class: "row" }, call, submit),
  );
  const close = made("button", { type: "button", "aria-label": "Close", onclick: shut }, "✕");
  const panel = made(
    "section",
    { class: "panel", role: "dialog", "aria-labelledby": "title", hidden: true,
      onkeydown: (event) => { if (event.key === "Escape") shut(); } },
    made("header", {}, title, close),
    log,
    form,
  );
  const open = made("button", { type: "button", class: "open", "aria-expanded": "false", onclick: show }, "Ask us");
  root.append(open, panel);

  function setBusy(now) {
    busy = now;
    submit.disabled = call.disabled = now;
    log.setAttribute("aria-busy", String(now));
  }

  function show() {
    panel.hidden = false;
    open.hidden = true;
    open.setAttribute("aria-expanded", "true");
    host.classList.add("is-open");
    field.focus();
  }

  function shut() {
    panel.hidden = true;
    open.hidden = false;
    open.setAttribute("aria-expanded", "false");
    host.classList.remove("is-open");
    open.focus();
  }

  // It comes into sight only where this page's site may use it.
  ask("greeting", {})
    .then((answer) => answer.json())
    .then((told) => {
      title.textContent = open.textContent = told.title;
      call.hidden = !told.person;
      document.body.append(host);
    })
    .catch(() => console.warn("smalti: the service does not answer this page's site"));
})();
