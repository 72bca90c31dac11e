// Makes the page answer: a picture of the tree that zooms, filters that act on it and on the comments, deep links.
// The comments' own markup is the data; their words are only ever moved as text or as copied nodes.
"use strict";
(() => {
  document.documentElement.classList.add("js");
  const ROW = 26,
    SVG = "http://www.w3.org/2000/svg";
  const at = id => document.getElementById(id);
  const articles = [...document.querySelectorAll("#thread article")];
  const count = articles.length;
  if (!count) return;

  // Comments come parents first, a branch is one stretch of them.
  const parent = new Int32Array(count),
    depth = new Int32Array(count),
    size = new Int32Array(count).fill(1),
    elder = new Int32Array(count).fill(-1);
  const youngest = new Int32Array(count + 1).fill(-1),
    place = new Map();
  articles.forEach((article, i) => {
    parent[i] = +article.dataset.p;
    depth[i] = parent[i] < 0 ? 0 : depth[parent[i]] + 1;
    elder[i] = youngest[parent[i] + 1];
    youngest[parent[i] + 1] = i;
    place.set(article.id, i);
  });
  for (let i = count - 1; i >= 0; i--) if (parent[i] >= 0) size[parent[i]] += size[i];
  const after = i => (i + size[i] < count && parent[i + size[i]] === parent[i] ? i + size[i] : -1);
  const looks = new Map([...at("f-stance").options].map(option => [option.value, option.dataset]));
  const matches = new Uint8Array(count).fill(1);
  const picture = at("picture"),
    LEVELS = +picture.dataset.levels;
  let top = -1,
    chosen = -1,
    filtered = false,
    drawnWidth = 0,
    words = null; // `top`: the comment zoomed to; -1 is the whole thread
  const span = () => (top < 0 ? count : size[top]),
    base = () => (top < 0 ? 0 : depth[top]);
  const inView = i => i >= top && i < Math.max(top, 0) + span() && depth[i] - base() < LEVELS;

  // Of the picture's width, not in pixels: paper is as wide as it likes.
  function percent(columns) {
    return ((100 * columns) / span()).toFixed(3) + "%";
  }

  function element(name, attributes, text) {
    const made = document.createElementNS(SVG, name);
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    if (text) made.textContent = text;
    return made;
  }

  function describe(i) {
    const byline = articles[i].querySelector(".byline").textContent.replace(/\s+/g, " ").trim();
    return `${byline} · ${opening(i, 160)}`;
  }

  function opening(i, limit) {
    const text = (articles[i].querySelector(".text")?.textContent ?? "").trim().replace(/\s+/g, " ");
    return text.length <= limit ? text : text.slice(0, limit - 1).trimEnd() + "…";
  }

  function draw() {
    const width = picture.clientWidth,
      start = Math.max(top, 0),
      end = start + span();
    drawnWidth = width;
    const drawn = new Int32Array(LEVELS).fill(-1),
      hit = new Int32Array(LEVELS).fill(-1),
      nodes = [];
    let rows = 0;
    for (let i = start; i < end; i++) {
      const row = depth[i] - base();
      if (row >= LEVELS) {
        i = parent[i] + size[parent[i]] - 1;
        continue;
      }
      rows = Math.max(rows, row + 1);
      const wide = (size[i] / span()) * width,
        column = Math.floor(((i - start) / span()) * width);
      const faded = filtered && !matches[i];
      if (wide < 1 && (faded ? drawn : hit)[row] === column) continue;
      drawn[row] = column;
      if (!faded) hit[row] = column;
      const { s, a, f } = articles[i].dataset,
        look = looks.get(s),
        off = faded ? " off" : "";
      const box = { x: percent(i - start), y: row * ROW, width: percent(size[i]), "data-i": i };
      nodes.push(
        element("rect", {
          ...box,
          height: ROW - 1,
          class: (look ? look.color : "gone") + (wide > 5 ? " gap" : "") + off,
        }),
      );
      if (a === "disagree") nodes.push(element("rect", { ...box, height: 4, class: "against" + off }));
      const letters = (look ? look.tag : "") + (f ? " !" : "") + (row === LEVELS - 1 && size[i] > 1 ? " …" : "");
      if (letters && wide > 8 + 8 * letters.length) {
        const label = element(
          "text",
          { x: percent(i - start), dx: 5, y: row * ROW + 18, class: "on-" + (look ? look.color : "gone") + off },
          letters,
        );
        const room = Math.floor((wide - 20 - 9 * letters.length) / 6.3);
        if (room > 9) label.append(element("tspan", { dx: 6 }, opening(i, room)));
        nodes.push(label);
      }
    }
    picture.setAttribute("height", rows * ROW);
    picture.replaceChildren(element("title", { id: "picture-name" }, `Reply tree of ${span()} comments`), ...nodes);
    mark();
  }

  // Apart from draw(): a box that is drawn anew between two clicks gets no double click.
  function mark() {
    picture.querySelectorAll(".chosen, .chosen-halo").forEach(frame => frame.remove());
    if (chosen >= 0 && inView(chosen)) {
      const box = {
        x: percent(chosen - Math.max(top, 0)),
        y: (depth[chosen] - base()) * ROW,
        width: percent(size[chosen]),
        height: ROW - 1,
      };
      picture.append(element("rect", { ...box, class: "chosen-halo" }), element("rect", { ...box, class: "chosen" }));
    }
    at("zoom").disabled = chosen < 0 || chosen === top || size[chosen] < 2;
  }

  function crumbs() {
    const path = [];
    for (let i = top; i >= 0 && path.length < 5; i = parent[i]) path.unshift(i);
    const buttons = [-1, ...path].map(i => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent =
        i < 0 ? `Whole thread (${count})` : `${articles[i].querySelector(".id").textContent} (${size[i]})`;
      if (i === top) button.setAttribute("aria-current", "true");
      button.addEventListener("click", () => zoom(i));
      return button;
    });
    if (path.length && parent[path[0]] >= 0) buttons.splice(1, 0, "…");
    at("crumbs").replaceChildren(...buttons.flatMap((part, n) => (n ? [" › ", part] : [part])));
  }

  function zoom(i) {
    top = i;
    draw();
    crumbs();
  }

  function choose(i) {
    chosen = i;
    const copy = articles[i].cloneNode(true);
    copy.removeAttribute("id");
    copy.classList.remove("here");
    copy.tabIndex = 0;
    at("chosen").replaceChildren(copy);
    at("jump").disabled = false;
    if (inView(i)) mark();
    else zoom(parent[i]);
  }

  function reveal(i) {
    if (filtered && articles[i].closest("li[hidden]")) clear();
    for (let box = articles[i].closest("details.replies"); box; box = box.parentElement.closest("details.replies"))
      box.open = true;
    document.querySelectorAll(".here").forEach(article => article.classList.remove("here"));
    articles[i].classList.add("here");
  }

  // Twice: what lies between is laid out, and gets its true height, only when it comes near.
  function scroll(i) {
    articles[i].scrollIntoView();
    requestAnimationFrame(() => requestAnimationFrame(() => articles[i].scrollIntoView()));
  }

  function jump(i) {
    reveal(i);
    articles[i].tabIndex = -1;
    articles[i].focus({ preventScroll: true });
    scroll(i);
    history.replaceState(null, "", "#" + articles[i].id);
  }

  // Filters

  const controls = ["f-stance", "f-agreement", "f-flag", "f-author", "f-text"].map(at);

  function filter() {
    const [stance, agreement, flag, author, text] = controls.map(control => control.value.trim().toLowerCase());
    filtered = Boolean(stance || agreement || flag || author || text);
    if ((author || text) && !words) {
      words = articles.map(article =>
        [".author", ".text"].map(part => (article.querySelector(part)?.textContent ?? "").toLowerCase()),
      );
    }
    const within = new Uint8Array(count);
    let found = 0;
    for (let i = count - 1; i >= 0; i--) {
      const { s, a, f } = articles[i].dataset;
      matches[i] =
        (!stance || s === stance) &&
        (!agreement || a === agreement) &&
        (!flag || (f ?? "").toLowerCase().split("|").includes(flag)) &&
        (!author || words[i][0].includes(author)) &&
        (!text || words[i][1].includes(text))
          ? 1
          : 0;
      found += matches[i];
      if (matches[i]) within[i] = 1;
      if (within[i] && parent[i] >= 0) within[parent[i]] = 1;
      const item = articles[i].parentElement;
      item.hidden = !within[i];
      item.classList.toggle("context", filtered && !matches[i]);
    }
    const report = filtered ? `${found} of ${count} entries match; the comments they answer are shown in brief.` : "";
    at("matches").textContent = report;
    at("shown").textContent = report || `${count} entries in reading order. Times are in UTC.`;
    draw();
  }

  function clear() {
    controls.forEach(control => {
      control.value = "";
    });
    filter();
  }

  let waiting = 0;
  controls.forEach(control =>
    control.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(filter, control.tagName === "INPUT" ? 150 : 0);
    }),
  );
  at("clear").addEventListener("click", clear);
  at("next").addEventListener("click", () => {
    for (let step = 1; step <= count; step++) {
      const i = (Math.max(chosen, -1) + step) % count;
      if (matches[i]) return choose(i);
    }
  });

  // The picture

  const under = event => (event.target.dataset?.i === undefined ? -1 : +event.target.dataset.i);
  picture.addEventListener("click", event => {
    if (under(event) >= 0) choose(under(event));
  });
  picture.addEventListener("dblclick", event => {
    if (chosen >= 0 && size[chosen] > 1) zoom(chosen);
  });
  picture.addEventListener("pointerover", event => {
    if (under(event) >= 0) at("hover").textContent = describe(under(event));
  });
  picture.addEventListener("keydown", event => {
    const i = chosen < 0 ? Math.max(top, 0) : chosen;
    const moves = {
      ArrowUp: () => parent[i],
      ArrowDown: () => (size[i] > 1 ? i + 1 : -1),
      ArrowLeft: () => elder[i],
      ArrowRight: () => after(i),
      Home: () => Math.max(top, 0),
    };
    if (moves[event.key]) {
      const to = chosen < 0 ? i : moves[event.key]();
      if (to >= 0) choose(to);
    } else if (event.key === "Enter") {
      if (size[i] > 1) zoom(i);
    } else if (event.key === "Escape" || event.key === "Backspace") {
      if (top >= 0) zoom(parent[top]);
    } else if (event.key === " ") {
      jump(i);
    } else return;
    event.preventDefault();
  });
  at("zoom").addEventListener("click", () => {
    zoom(chosen);
    picture.focus();
  });
  at("jump").addEventListener("click", () => jump(chosen));

  // The comments

  const folds = open =>
    document.querySelectorAll("#thread details.replies").forEach(box => {
      box.open = open;
    });
  at("collapse").addEventListener("click", () => folds(false));
  at("expand").addEventListener("click", () => folds(true));

  function follow() {
    const i = place.get(location.hash.slice(1)) ?? -1;
    if (i < 0) return;
    reveal(i);
    choose(i);
    scroll(i);
  }

  picture.setAttribute("role", "application");
  picture.setAttribute("aria-roledescription", "reply tree");
  picture.tabIndex = 0;
  at("hover").textContent = "Point at a box to see who says what.";
  zoom(-1);
  addEventListener("load", () => setTimeout(follow)); // after the browser's own, rougher, way to the comment
  addEventListener("hashchange", follow);
  new ResizeObserver(() => picture.clientWidth === drawnWidth || draw()).observe(picture);
})();
