// A list of lines that lead somewhere. Their words are other people's: set as textContent only.

const shown = new WeakMap();

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const open = (href) => setTriggerValue("opened", href);
  const said = JSON.stringify(data);
  const known = shown.get(parentElement);
  if (known && known.said === said) {
    known.open = open;
    return;
  }
  const state = { said, open };
  shown.set(parentElement, state);
  parentElement.querySelector("ul")?.remove();
  const list = document.createElement("ul");
  list.setAttribute("aria-label", data.label);
  for (const item of data.items) {
    const one = document.createElement("li");
    one.append(...item.map((line) => told(line, state)));
    list.append(one);
  }
  parentElement.append(list);
}

function told(line, state) {
  const words = document.createElement("p");
  if (line.strong) {
    const strong = document.createElement("b");
    strong.textContent = line.strong;
    words.append(strong, " ");
  }
  if (!line.href) {
    words.append(line.text);
    return words;
  }
  const link = document.createElement("a");
  link.href = line.href;
  if (line.hint) link.title = line.hint;
  link.append(...words.childNodes, line.text);
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return; // a tab of its own
    event.preventDefault();
    state.open(line.href);
  });
  words.replaceChildren(link);
  return words;
}
