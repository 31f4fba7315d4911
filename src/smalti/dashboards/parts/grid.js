// A table as its document has it, the cited cell lit. Texts of documents are only ever set as textContent.

const shown = new WeakMap();

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const known = shown.get(parentElement) || {};
  known.pick = (id) => setTriggerValue("picked", id);
  const said = JSON.stringify(data);
  if (known.said === said) return;
  known.said = said;
  shown.set(parentElement, known);

  const table = document.createElement("table");
  const caption = document.createElement("caption");
  caption.textContent = data.caption;
  table.append(caption);
  let lit = null;
  for (const row of data.rows) {
    const line = document.createElement("tr");
    for (const cell of row) {
      const made = document.createElement(cell.header ? "th" : "td");
      if (cell.header) made.scope = cell.column === 0 ? "row" : "col";
      if (cell.span > 1) made.colSpan = cell.span;
      let holder = made;
      if (cell.id) {
        holder = document.createElement("button");
        holder.type = "button";
        holder.dataset.id = cell.id;
        holder.addEventListener("click", () => known.pick(cell.id));
        made.append(holder);
      }
      holder.textContent = cell.text;
      if (cell.lit) {
        made.className = "lit";
        made.setAttribute("aria-current", "true");
        lit = made;
      }
      line.append(made);
    }
    table.append(line);
  }
  const frame = document.createElement("div");
  frame.className = "grid";
  frame.tabIndex = 0;
  frame.setAttribute("role", "group");
  frame.setAttribute("aria-label", data.label);
  frame.append(table);
  parentElement.querySelector(".grid")?.remove();
  parentElement.append(frame);
  if (lit) frame.scrollTop = lit.offsetTop - frame.clientHeight / 2;
}
