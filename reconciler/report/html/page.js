/* The page: each report's tables, from the data that stands beside this script. */
const place = (found) => {
  if (!found.length) return "";
  const [label, link] = found;
  return link.startsWith("https://") || link.startsWith("http://") ? el("a", { href: link, rel: "noopener noreferrer" }, el("code", {}, label)) : el("code", {}, label);
};
const plain = (label, at, kind = "", row = false) => ({ label, row, kind, value: (each) => each[at].toLowerCase(), cell: (each) => each[at] });
const placed = (at) => ({ label: "Line", kind: "line", value: (each) => each[at][0] ?? "", cell: (each) => place(each[at]) });
const options = (rows, at) => [...new Set(rows.map((row) => row[at]))].map((value) => [value, value]);
const words = (row) => row.map((part) => (Array.isArray(part) ? (part[0] ?? "") : part)).join(" ");

const changesTable = (rows, applied, where) => {
  const colour = { REMOVES: "removes", grants: "grants", other: "neither" };
  const effect = { label: "Effect", kind: "short", value: (row) => row[0], cell: (row) => el("span", { class: `effect ${colour[row[0]]}` }, row[0]) };
  const columns = [plain("Who", 1, "", true), effect, plain("What", 2), plain("Why", 3), placed(4), ...(applied ? [plain("Result", 5)] : [])];
  const filters = [{ label: "Effect", options: options(rows, 0), test: (row, value) => row[0] === value }];
  return pagedTable({ caption: "Changes", columns: () => columns, rows, filters, text: words, where }).node;
};

const pointsTable = (rows, where) => {
  const columns = [plain("What it is about", 1, "", true), plain("Kind", 0, "short"), plain("How it stands", 2), plain("Since", 3, "short"), placed(4)];
  const filters = [{ label: "Kind", options: options(rows, 0), test: (row, value) => row[0] === value }];
  return pagedTable({ caption: "Open points", columns: () => columns, rows, filters, text: words, where }).node;
};

const driftTable = (rows, where) => {
  const columns = [
    plain("What it is about", 1, "", true), plain("Class", 0), plain("How it differs", 2), plain("Since", 3, "short"),
    plain("What to do", 4), placed(5),
  ];
  const filters = [{ label: "Class", options: options(rows, 0), test: (row, value) => row[0] === value }];
  return pagedTable({ caption: "What differs", columns: () => columns, rows, filters, text: words, where }).node;
};

const requestsTable = (rows, where) => {
  const columns = [
    plain("Who asks", 1, "", true), plain("Decision", 0, "short"), plain("What it gives", 2), plain("Since", 3, "short"),
    plain("To look at", 4), placed(5),
  ];
  const doubtful = { label: "Show", options: [["doubt", "what deserves a look"]], test: (row) => row[4] !== "" };
  return pagedTable({ caption: "Who waits for a decision", columns: () => columns, rows, filters: [doubtful], text: words, where }).node;
};

const reports = JSON.parse(document.getElementById("data").textContent);
document.querySelectorAll("section.report").forEach((section, number) => {
  const { drift, requests, changes, points, access, applied } = reports[number];
  const tables = section.querySelector(".tables");
  if (!tables) return;
  const where = reports.length > 1 ? `, report ${number + 1}` : "";
  if (drift.length) tables.append(driftTable(drift, where));
  if (requests.length) tables.append(requestsTable(requests, where));
  if (changes.length) tables.append(changesTable(changes, applied, where));
  if (points.length) tables.append(pointsTable(points, where));
  if (access) tables.append(accessMatrix(access, applied, where));
});
