"use strict";

/* Elements are made and text is set: nothing that anybody typed is ever read as HTML. */
const el = (name, attributes = {}, ...children) => {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(key, value);
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...children);
  return node;
};

const count = (number) => number.toLocaleString("en");
let names = 0;
const unique = (name) => `${name}-${(names += 1)}`;

const compare = (a, b) => (typeof a === "number" ? a - b : a < b ? -1 : a > b ? 1 : 0);

/* A table of many rows, of which a page is shown: searched, filtered, sorted.
   columns(): [{label, value(row), cell(row), title, kind: a class, row: is it the row's heading}]; text(row): what is searched;
   filters: [{label, options: [[value, label]], test(row, value)}]; details(row): a node to unfold, if there is one;
   tools: further controls; kind: the table's class; where: tells tables of one caption apart. Returns the element and draw(), to be called when columns change. */
const pagedTable = ({ caption, columns, rows, text, filters = [], details, tools = [], size = 50, note = "", kind = "", where = "" }) => {
  const state = { query: "", page: 0, sort: null, down: false, open: new Set(), filters: filters.map(() => "") };
  const haystack = rows.map((row) => text(row).toLowerCase());
  const order = rows.map((_, index) => index);
  const status = el("p", { class: "status", role: "status" });
  const thead = el("thead");
  const tbody = el("tbody");

  const found = () => {
    const query = state.query.toLowerCase().split(/\s+/).filter(Boolean);
    const kept = order.filter(
      (index) =>
        query.every((word) => haystack[index].includes(word)) &&
        filters.every((filter, at) => state.filters[at] === "" || filter.test(rows[index], state.filters[at])),
    );
    const column = state.sort === null ? null : columns().find((each) => each.label === state.sort);
    if (!column) return kept;
    const keys = new Map(kept.map((index) => [index, column.value(rows[index])]));
    const sign = state.down ? -1 : 1;
    return kept.sort((a, b) => sign * compare(keys.get(a), keys.get(b)) || a - b);
  };

  const heading = (column) => {
    const sorted = state.sort === column.label;
    const turn = () => {
      state.down = sorted && !state.down;
      state.sort = column.label;
      draw(true);
      thead.querySelector(`[data-label="${CSS.escape(column.label)}"]`)?.focus();
    };
    const arrow = el("span", { class: "arrow", "aria-hidden": "true" }, sorted ? (state.down ? "▼" : "▲") : "");
    const button = el("button", { type: "button", click: turn, "data-label": column.label, title: column.title }, column.label, arrow);
    return el("th", { scope: "col", "aria-sort": sorted ? (state.down ? "descending" : "ascending") : null }, button);
  };

  const line = (index, shown) => {
    const row = rows[index];
    const open = state.open.has(index);
    const cells = shown.map((column) => {
      const inner = column.cell(row);
      if (!column.row) return el("td", { class: column.kind }, inner);
      if (!details) return el("th", { scope: "row" }, inner);
      const unfold = () => {
        if (!state.open.delete(index)) state.open.add(index);
        draw();
        tbody.querySelector(`[data-row="${index}"]`)?.focus();
      };
      const button = { type: "button", class: "unfold", "aria-expanded": String(open), click: unfold, "data-row": index };
      return el("th", { scope: "row" }, el("button", button, inner));
    });
    const lines = [el("tr", {}, ...cells)];
    if (open) lines.push(el("tr", { class: "details" }, el("td", { colspan: shown.length }, details(row))));
    return lines;
  };

  const draw = (again = false) => {
    if (again) state.page = 0;
    const kept = found();
    const pages = Math.max(1, Math.ceil(kept.length / size));
    state.page = Math.min(state.page, pages - 1);
    const from = state.page * size;
    const shown = columns();
    thead.replaceChildren(el("tr", {}, ...shown.map(heading)));
    tbody.replaceChildren(...kept.slice(from, from + size).flatMap((index) => line(index, shown)));
    const upto = Math.min(from + size, kept.length);
    const all = kept.length === rows.length ? "" : ` (of ${count(rows.length)})`;
    status.textContent = kept.length ? `${count(from + 1)}–${count(upto)} of ${count(kept.length)}${all}` : `Nothing found${all}`;
    for (const [button, step] of turns) button.disabled = state.page + step < 0 || state.page + step >= pages;
    pager.hidden = pages === 1;
  };

  const turn = (label, step) => [el("button", { type: "button", click: () => ((state.page += step), draw()) }, label), step];
  const turns = [turn("Previous", -1), turn("Next", 1)];
  const pager = el("nav", { class: "pager", "aria-label": `Pages of ${caption}${where}` }, ...turns.map(([button]) => button));
  const box = unique("search");
  const search = el("input", { type: "search", id: box, autocomplete: "off", spellcheck: "false", input: () => ((state.query = search.value), draw(true)) });
  const selects = filters.map((filter, at) => {
    const id = unique("filter");
    const options = [["", "all"], ...filter.options].map(([value, label]) => el("option", { value }, label));
    const select = el("select", { id, change: () => ((state.filters[at] = select.value), draw(true)) }, ...options);
    return el("span", { class: "tool" }, el("label", { for: id }, filter.label), select);
  });
  const bar = el("div", { class: "tools" }, el("span", { class: "tool grow" }, el("label", { for: box }, "Search"), search), ...selects, ...tools);
  const title = unique("title");
  const name = el("h3", { id: title }, `${caption} `, el("span", { class: "count" }, count(rows.length)));
  const table = el("table", { class: kind, "aria-labelledby": title }, thead, tbody);
  const scroll = el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption + where }, table);
  const foot = el("div", { class: "foot" }, status, pager);
  const node = el("div", { class: "paged" }, name, bar, scroll, foot, ...(note ? [el("p", { class: "faint" }, note)] : []));
  draw();
  return { node, draw };
};
