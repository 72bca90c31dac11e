// Makes the table of threads answer: a click on a heading sorts by it, words keep the rows that hold them.
"use strict";
(() => {
  document.documentElement.classList.add("js");
  const table = document.getElementById("threads"),
    body = table.tBodies[0],
    rows = [...body.rows],
    headings = [...table.tHead.rows[0].cells];

  // Names and dates from A to Z first, numbers from the largest; what is undefined stays last either way.
  function sort(column) {
    const values = new Map(rows.map(row => [row, row.cells[column].dataset.v]));
    const numeric = column > 1;
    const before = headings[column].getAttribute("aria-sort");
    const up = before ? before === "descending" : !numeric;
    const compare = (a, b) => (numeric ? a - b : a.localeCompare(b));
    rows.sort((a, b) => {
      const [x, y] = [values.get(a), values.get(b)];
      if (!x || !y) return !x - !y;
      return up ? compare(x, y) : compare(y, x);
    });
    body.append(...rows);
    headings.forEach(heading => heading.removeAttribute("aria-sort"));
    headings[column].setAttribute("aria-sort", up ? "ascending" : "descending");
    document.getElementById("h-threads").textContent = "Threads";
  }

  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => sort(column));
    heading.append(button);
  });

  const texts = new Map(rows.map(row => [row, row.cells[0].textContent.toLowerCase()]));
  document.getElementById("words").addEventListener("input", event => {
    const wanted = event.target.value.trim().toLowerCase();
    let shown = 0;
    for (const row of rows) {
      row.hidden = !texts.get(row).includes(wanted);
      shown += !row.hidden;
    }
    document.getElementById("matches").textContent = wanted ? `${shown} of ${rows.length} threads.` : "";
  });
})();
