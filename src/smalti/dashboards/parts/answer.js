// Sentences with the marks of their sources. Their texts are only ever set as textContent.

const shown = new WeakMap();

const made = (name, className, text) => {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
};

function marked(one, known) {
  const text = `[${one.mark}]`;
  if (!one.id) return made("span", "mark", text);
  const link = made("a", "mark", text);
  link.href = one.address;
  link.title = one.label;
  link.setAttribute("aria-label", one.label);
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // in a tab of its own
    event.preventDefault();
    known.pick(one.id);
  });
  return link;
}

function copying(data) {
  const copy = made("button", "copy", "Copy");
  copy.type = "button";
  const told = made("span", "told");
  told.setAttribute("role", "status");
  copy.addEventListener("click", async () => {
    const lines = data.sentences.map(
      (one) => [one.text, ...one.marks.map((mark) => `[${mark.mark}]`)].join(" "),
    );
    try {
      await navigator.clipboard.writeText(lines.join("\n"));
      told.textContent = "Copied";
    } catch {
      told.textContent = "The browser does not let a page copy here";
    }
  });
  const row = made("div", "row");
  row.append(copy, told);
  return row;
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const known = shown.get(parentElement) || {};
  known.pick = (id) => setTriggerValue("picked", id);
  const said = JSON.stringify(data);
  if (known.said === said) return;
  known.said = said;
  shown.set(parentElement, known);

  const whole = made("div", "answer");
  let flow = null;
  for (const one of data.sentences) {
    // What a document says stands by itself; our own sentences follow each other.
    if (one.quoted || flow === null) {
      const paragraph = made("p", one.quoted ? "quoted" : "");
      whole.append(paragraph);
      flow = one.quoted ? null : paragraph;
      paragraph.append(made("span", "", one.text), ...one.marks.flatMap((mark) => [" ", marked(mark, known)]));
    } else {
      flow.append(" ", made("span", "", one.text), ...one.marks.flatMap((mark) => [" ", marked(mark, known)]));
    }
  }
  whole.append(copying(data));
  parentElement.querySelector(".answer")?.remove();
  parentElement.append(whole);
}
