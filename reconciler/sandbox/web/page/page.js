"use strict";
const box = document.getElementById("filter");
const found = document.getElementById("found");
const rows = Array.from(document.querySelectorAll("tbody tr"), (row) => [row, row.textContent.toLowerCase()]);

function filter() {
  const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const [row, text] of rows) {
    row.hidden = !words.every((word) => text.includes(word));
    shown += row.hidden ? 0 : 1;
  }
  found.textContent = words.length ? `${shown} of ${rows.length} rows` : "";
  sessionStorage.setItem("filter", box.value);
}

box.value = sessionStorage.getItem("filter") || "";
box.addEventListener("input", filter);
filter();
document.getElementById("search").hidden = false;
