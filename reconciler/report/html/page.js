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

const reports = JSON.parse(document.getElementById("data").textContent);
document.querySelectorAll("section.report").forEach((section, number) => {
  const { changes, points, access, applied } = reports[number];
  const tables = section.querySelector(".tables");
  if (!tables) return;
  const where = reports.length > 1 ? `, report ${number + 1}` : "";
  if (changes.length) tables.append(changesTable(changes, applied, where));
  if (points.length) tables.append(pointsTable(points, where));
  if (access) tables.append(accessMatrix(access, applied, where));
});
