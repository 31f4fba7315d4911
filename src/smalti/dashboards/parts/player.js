// The player of a call: sound, running transcript, and how the voice measures. Texts of documents are only
// ever set as textContent.

const players = new WeakMap();
const SVG = "http://www.w3.org/2000/svg";
const JUMP_S = 5;
const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  let player = players.get(parentElement);
  if (!player || player.document !== data.document) {
    if (player) player.end();
    player = made(parentElement, data);
    players.set(parentElement, player);
  }
  player.cite = (id) => setTriggerValue("cited", id);
  player.show(data);
  return () => {
    player.end();
    players.delete(parentElement);
  };
}

function node(kind, attributes = {}, ...inside) {
  const made = document.createElement(kind);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") made.className = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value);
  }
  made.append(...inside);
  return made;
}

function drawn(kind, attributes = {}) {
  const made = document.createElementNS(SVG, kind);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const rest = `${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}

function made(parent, data) {
  const said = data.sentences;
  const total = said.length ? said[said.length - 1].end : 0;
  const audio = node("audio", { preload: "metadata", src: data.source });
  const play = node("button", { type: "button", class: "main", "data-do": "play", onclick: toggle }, "Play");
  const time = node("span", { class: "time", "data-time": "" }, clock(0));
  const slider = node("input", {
    type: "range", min: 0, max: total, step: 0.1, value: 0, "aria-label": "Position in the recording",
    oninput: () => seek(Number(slider.value)),
  });
  const speed = node("select", { "aria-label": "Speed", onchange: () => (audio.playbackRate = Number(speed.value)) });
  for (const rate of ["0.75", "1", "1.25", "1.5", "2"]) speed.append(new Option(`${rate}×`, rate, rate === "1", rate === "1"));
  const follow = node("button", { type: "button", "aria-pressed": "true", onclick: () => following(!isFollowing) }, "Follow");
  const status = node("p", { class: "status", role: "status" }, "Getting the recording ready…");
  const list = node("ol", { class: "transcript", "aria-label": "Transcript" });
  const now = node("div", { class: "now" });
  const measured = node("div", { class: "measured" });
  const pick = node("select", { "aria-label": "Measure drawn over the call", onchange: draw });
  for (const one of data.measures) pick.append(new Option(`${one.label} (${one.unit})`, one.name));
  const plot = node("div", { class: "plot" });
  const scale = node("p", { class: "hint" });
  const open = node("button", { type: "button", "data-do": "cite", onclick: () => player.cite(said[at].id) }, "Cite this sentence");
  const root = node(
    "section", { class: "player", tabindex: 0, "aria-label": data.label, onkeydown: pressed },
    audio,
    node("div", { class: "bar", role: "group", "aria-label": "Playback" },
      node("button", { type: "button", onclick: () => step(-1), "aria-label": "Previous sentence" }, "Previous"),
      play,
      node("button", { type: "button", onclick: () => step(1), "aria-label": "Next sentence" }, "Next"),
      time, slider, speed, follow,
    ),
    status, list,
    node("p", { class: "hint" }, "? beside a number: as it was heard, confirmed by no filing. Space plays and pauses, ← and → jump 5 seconds, ↑ and ↓ go from sentence to sentence."),
    node("div", { class: "voice" },
      node("div", { class: "side" }, now, open),
      node("div", { class: "side wide" }, measured),
    ),
    node("div", { class: "over" }, node("div", { class: "bar" }, node("span", { class: "hint" }, "Over the call:"), pick), plot, scale),
  );
  let at = 0;
  let wanted = null;
  let isFollowing = true;
  let started = null;
  let frame = 0;
  let cursor = null;
  let lines = [];

  const items = said.map((one, i) => {
    const words = one.parts.map(([text, heard]) => {
      if (!heard) return document.createTextNode(text);
      const mark = node("span", { class: "heard" });
      mark.textContent = text;
      mark.append(node("sup", { "aria-hidden": "true" }, "?"), node("span", { class: "unseen" }, " (heard, not confirmed)"));
      return mark;
    });
    const button = node(
      "button", { type: "button", class: "sentence", tabindex: -1, "data-id": one.id, onclick: () => chosen(i) },
      node("span", { class: "second" }, clock(one.start)),
      node("span", { class: "words" }, ...words),
    );
    const line = node("li", {});
    if (i === 0 || said[i - 1].speaker !== one.speaker || said[i - 1].role !== one.role) {
      line.append(node("p", { class: "who" }, [one.speaker, one.role].filter(Boolean).join(" · ") || "Speaker not told"));
    }
    line.append(button);
    list.append(line);
    return button;
  });

  function chosen(i) {
    go(i);
    begin();
  }
  function go(i) {
    mark(i, true);
    seek(said[i].start);
  }
  function step(by) {
    if (said.length) go(Math.min(said.length - 1, Math.max(0, at + by)));
  }
  function seek(second) {
    if (audio.readyState === 0) wanted = second;
    else audio.currentTime = second;
    tell(second);
  }
  function begin() {
    audio.play().catch(() => {});
  }
  function toggle() {
    if (audio.paused) begin();
    else audio.pause();
  }
  function following(is) {
    isFollowing = is;
    follow.setAttribute("aria-pressed", String(is));
    if (is) reveal();
  }
  function reveal() {
    const item = items[at];
    if (!item) return;
    const top = item.offsetTop - list.offsetTop - list.clientHeight / 2 + item.clientHeight / 2;
    list.scrollTo({ top, behavior: calm() ? "auto" : "smooth" });
  }
  function pressed(event) {
    const from = event.composedPath()[0];
    if (from instanceof HTMLSelectElement || event.ctrlKey || event.metaKey || event.altKey) return;
    const isSentence = from.classList.contains("sentence");
    const isButton = from instanceof HTMLButtonElement && !isSentence;
    if (event.key === " " && !isButton) toggle();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (from === slider) return;
      step(event.key === "ArrowDown" ? 1 : -1);
      if (isSentence) items[at].focus({ preventScroll: true });
    } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      if (from === slider) return;
      seek(Math.max(0, audio.currentTime + (event.key === "ArrowRight" ? JUMP_S : -JUMP_S)));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function sentenceAt(second) {
    let low = 0;
    let high = said.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (said[middle].start <= second + 0.02) low = middle;
      else high = middle - 1;
    }
    return low;
  }
  function tell(second) {
    slider.value = second;
    slider.setAttribute("aria-valuetext", clock(second));
    time.textContent = `${clock(second)} / ${clock(audio.duration || total)}`;
    if (cursor) {
      cursor.setAttribute("x1", second);
      cursor.setAttribute("x2", second);
    }
    if (said.length) mark(sentenceAt(second), false);
  }
  function mark(i, force) {
    if (!items[i] || (i === at && !force && items[i].getAttribute("aria-current"))) return;
    items[at].removeAttribute("aria-current");
    items[at].tabIndex = -1;
    const before = said[at].speaker;
    at = i;
    items[at].setAttribute("aria-current", "true");
    items[at].tabIndex = 0;
    if (isFollowing) reveal();
    describe();
    if (before !== said[at].speaker) draw();
    else lit();
  }

  function describe() {
    const one = said[at];
    const who = node("p", { class: "who" }, [one.speaker, one.role, clock(one.start)].filter(Boolean).join(" · "));
    const quote = node("blockquote", { "data-now": one.id });
    quote.textContent = one.parts.map(([text]) => text).join("");
    now.replaceChildren(who, quote);
    const usual = data.usual[one.speaker] || {};
    const rows = data.measures.map((measure) => {
      const value = one.voice[measure.name];
      const range = usual[measure.name];
      return node("tr", {},
        node("th", { scope: "row" }, measure.label, node("span", { class: "hint" }, measure.words)),
        node("td", {}, told(value, measure)),
        node("td", {}, range ? `${told(range[0], measure)} to ${told(range[1], measure)}` : "–"),
        node("td", {}, against(value, range)),
      );
    });
    const head = node("tr", {}, ...["How the voice measures", "Here", "Usual", ""].map((t) => node("th", { scope: "col" }, t || node("span", { class: "unseen" }, "Compared"))));
    const note = Object.keys(usual).length
      ? "Usual: eight of ten sentences of this speaker in this call lie within. A voice out of its usual range is no proof of anything."
      : "This speaker says too little in this call to tell what is usual.";
    measured.replaceChildren(node("table", {}, node("thead", {}, head), node("tbody", {}, ...rows)), node("p", { class: "hint" }, note));
  }
  function told(value, measure) {
    return value === null || value === undefined ? "not measurable" : `${value.toFixed(measure.digits)} ${measure.unit}`;
  }
  function against(value, range) {
    if (!range || value === null || value === undefined) return "";
    if (value > range[1]) return "▲ above usual";
    return value < range[0] ? "▼ below usual" : "as usual";
  }

  function draw() {
    const measure = data.measures.find((one) => one.name === pick.value) || data.measures[0];
    const values = said.map((one) => one.voice[measure.name]).filter((v) => v !== null && v !== undefined);
    if (!values.length) {
      plot.replaceChildren();
      scale.textContent = "Nothing of this call could be measured so.";
      return;
    }
    const low = Math.min(...values);
    const high = Math.max(...values);
    const height = (v) => 95 - (90 * (v - low)) / (high - low || 1);
    const picture = drawn("svg", { viewBox: `0 0 ${total || 1} 100`, preserveAspectRatio: "none", role: "img" });
    picture.setAttribute("aria-label", `${measure.label} of each sentence over the call, from ${told(low, measure)} to ${told(high, measure)}`);
    const range = (data.usual[said[at].speaker] || {})[measure.name];
    if (range) {
      picture.append(drawn("rect", { class: "usual", x: 0, width: total, y: height(range[1]), height: Math.max(0.5, height(range[0]) - height(range[1])) }));
    }
    lines = said.map((one) => {
      const value = one.voice[measure.name];
      if (value === null || value === undefined) return null;
      const line = drawn("line", { x1: one.start, x2: Math.max(one.end, one.start + total / 600), y1: height(value), y2: height(value) });
      line.setAttribute("class", one.speaker === said[at].speaker ? "same" : "other");
      picture.append(line);
      return line;
    });
    cursor = drawn("line", { class: "cursor", y1: 0, y2: 100, x1: audio.currentTime, x2: audio.currentTime });
    picture.append(cursor);
    picture.addEventListener("click", (event) => {
      const box = picture.getBoundingClientRect();
      seek(((event.clientX - box.left) / box.width) * total);
    });
    plot.replaceChildren(picture);
    scale.textContent = `From ${told(low, measure)} to ${told(high, measure)}; a line a sentence, the strong ones of who speaks now; shaded: what is usual for them; upright: this second.`;
    lit();
  }
  function lit() {
    lines.forEach((line, i) => line && line.classList.toggle("lit", i === at));
  }

  function tick() {
    tell(audio.currentTime);
    frame = audio.paused ? 0 : requestAnimationFrame(tick);
  }
  audio.addEventListener("loadedmetadata", () => {
    slider.max = audio.duration || total;
    status.textContent = "";
    if (wanted !== null) audio.currentTime = wanted;
    wanted = null;
  });
  audio.addEventListener("play", () => {
    play.textContent = "Pause";
    if (!frame) tick();
  });
  audio.addEventListener("pause", () => (play.textContent = "Play"));
  audio.addEventListener("timeupdate", () => audio.readyState > 0 && wanted === null && tell(audio.currentTime));
  audio.addEventListener("error", () => {
    play.disabled = true;
    status.textContent = "The recording cannot be played: its bytes are gone, or can no longer be decoded. What was heard in it stands below.";
  });
  list.addEventListener("wheel", () => isFollowing && following(false), { passive: true });

  const player = {
    document: data.document,
    cite: () => {},
    show(fresh) {
      if (fresh.start === started) return;
      started = fresh.start;
      const i = said.findIndex((one) => one.id === fresh.start);
      if (i >= 0 && !(i === at && !audio.paused)) go(i);
    },
    end() {
      cancelAnimationFrame(frame);
      audio.pause();
      audio.removeAttribute("src");
      audio.load();
      root.remove();
    },
  };
  parent.querySelector(".player")?.remove();
  parent.append(root);
  if (said.length) {
    describe();
    draw();
    tell(0);
  }
  return player;
}
