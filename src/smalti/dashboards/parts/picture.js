// A picture in a frame that scrolls, at a chosen size, the marked part in view.

const shown = new WeakMap();

export default function (component) {
  const { data, parentElement } = component;
  const known = shown.get(parentElement);
  const said = JSON.stringify(data);
  if (known === said) return;
  shown.set(parentElement, said);

  const frame = document.createElement("div");
  frame.className = "frame";
  frame.tabIndex = 0;
  frame.setAttribute("role", "group");
  frame.setAttribute("aria-label", data.label);
  const status = document.createElement("p");
  status.setAttribute("role", "status");
  status.textContent = "Drawing the picture…";
  const image = document.createElement("img");
  image.alt = data.alt;
  if (!data.zoom) image.className = "fit";
  image.addEventListener("load", () => {
    status.remove();
    if (data.zoom) image.style.width = `${(image.naturalWidth / data.dots) * data.zoom}px`;
    const scale = image.clientWidth / image.naturalWidth;
    frame.scrollTop = data.top * scale - frame.clientHeight / 3;
    frame.scrollLeft = data.left * scale - frame.clientWidth / 6;
  });
  image.addEventListener("error", () => {
    image.remove();
    status.textContent = data.failed;
  });
  image.src = data.source;
  frame.append(status, image);
  parentElement.querySelector(".frame")?.remove();
  parentElement.append(frame);
}
