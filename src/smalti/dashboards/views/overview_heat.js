// The heat map as a table of links. Names and reasons are other people's words: set as textContent only.

const shown = new WeakMap();

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const open = (id) => setTriggerValue("opened", id);
  const said = JSON.stringify(data);
  const known = shown.get(parentElement);
  if (known && known.said === said) {
    known.open = open;
    return;
  }
  const state = { said, open };
  shown.set(parentElement, state);
  parentElement.querySelector(".scroll")?.remove();
  parentElement.append(node("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": data.caption }, table(data, state)));
}

function table(data, state) {
  const head = node("tr", {}, node("th", { scope: "col" }, "Issuer"));
  for (const column of data.columns) {
    head.append(node("th", { scope: "col" }, column.name, node("small", {}, column.unit)));
  }
  const body = node("tbody");
  for (const row of data.rows) {
    const name = link(row.href, row.id, state, row.name);
    const line = node("tr", {}, node("th", { scope: "row" }, name, node("small", {}, row.note)));
    for (const cell of row.cells) line.append(filled(cell, state));
    body.append(line);
  }
  return node("table", {}, node("caption", {}, data.caption), node("thead", {}, head), body);
}

function filled(cell, state) {
  if (!cell.id) return node("td", { class: "nothing" }, node("span", { class: "none" }, cell.value));
  const leads = link(cell.href, cell.id, state);
  leads.title = cell.told;
  leads.setAttribute("aria-label", cell.told);
  leads.append(node("b", {}, cell.value));
  if (cell.change) leads.append(node("span", { class: "change" }, cell.change));
  if (cell.notes) leads.append(node("small", {}, cell.notes));
  if (cell.reason) leads.append(node("small", { class: "reason" }, cell.reason));
  let kind = cell.reason ? "nothing" : "";
  if (cell.weight && cell.worse !== null) kind = (cell.worse ? "worse" : "better") + cell.weight;
  return node("td", { class: kind }, leads);
}

function link(href, id, state, ...inside) {
  const made = node("a", { href }, ...inside);
  made.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return; // a tab of its own
    event.preventDefault();
    state.open(id);
  });
  return made;
}

function node(kind, attributes = {}, ...inside) {
  const made = document.createElement(kind);
  for (const [name, value] of Object.entries(attributes)) {
    if (value) made.setAttribute(name, value);
  }
  made.append(...inside);
  return made;
}
