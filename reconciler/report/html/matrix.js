/* The access matrix. Each tie is three bits: git lists it, the portal has it, the portal has it after the plan. */
const GIT = 1;
const NOW = 2;
const THEN = 4;
const COLUMNS = 12;

/* Every path by which a person may do something: what, which API, through what, and where it is. */
const pathsOf = (access, [, , approval, seats, calls]) => {
  const found = calls.map(([api, application, bits]) => ({ can: "call", api, through: `application ${application}`, bits }));
  const approved = GIT | (approval & (NOW | THEN));
  for (const [team, seat] of seats) {
    const [name, rights] = access.teams[team];
    for (const [can, api, by, tie] of rights) {
      const bits = tie & seat & approved;
      if (bits) found.push({ can, api, through: can === "call" ? `application ${by} of team ${name}` : `team ${name} (${by})`, bits });
    }
  }
  return found;
};

const stateOf = (bits) => (bits & NOW ? (bits & GIT ? "both" : "portal") : bits & GIT ? "git" : "");

/* Where it is, in a word; and what the plan does about it, as a sign for the eye and a word for the ear. */
const pill = (bits) => {
  const state = stateOf(bits);
  const changes = Boolean(bits & NOW) !== Boolean(bits & THEN);
  if (!state && !changes) return "";
  const parts = state ? [el("span", { class: `pill ${state}` }, state)] : [];
  if (changes) {
    const given = Boolean(bits & THEN);
    const sign = el("span", { "aria-hidden": "true" }, given ? "+" : "−");
    parts.push(el("span", { class: given ? "sign grants" : "sign removes" }, sign, el("span", { class: "heard" }, given ? " is given" : " is taken away")));
  }
  return el("span", {}, ...parts);
};

const accessMatrix = (access, applied, where) => {
  const seen = (bits) => (applied ? (bits & GIT) | (bits & THEN ? NOW | THEN : 0) : bits);
  const view = { kind: access.teams.length ? "team" : "api", can: "", query: "", page: 0 };
  const cache = new Map();
  const paths = (person) => {
    if (!cache.has(person)) cache.set(person, pathsOf(access, person));
    return cache.get(person);
  };
  const bitsOf = (person, kind, index) => {
    if (kind === "team") return seen(person[3].reduce((all, [team, bits]) => (team === index ? all | bits : all), 0));
    const fit = (path) => path.api === index && (view.can === "" || path.can === view.can);
    return paths(person).reduce((all, path) => (fit(path) ? all | seen(path.bits) : all), 0);
  };
  const things = () => {
    const names = view.kind === "team" ? access.teams.map(([name]) => name) : access.apis;
    const query = view.query.toLowerCase();
    const all = names.map((name, index) => ({ name, index })).filter(({ name }) => name.toLowerCase().includes(query));
    return all.sort((a, b) => compare(a.name, b.name) || a.index - b.index);
  };
  const columns = () => {
    const at = view.page * COLUMNS;
    const shown = things().slice(at, at + COLUMNS);
    const twice = new Set(shown.map(({ name }) => name).filter((name, index, all) => all.indexOf(name) !== index));
    return [
      { label: "Person", row: true, value: (row) => row[0].toLowerCase(), cell: (row) => row[0] },
      { label: "Status", value: (row) => row[1], cell: (row) => el("span", {}, row[1], " ", pill(seen(row[2]))) },
      ...shown.map(({ name, index }) => ({
        label: twice.has(name) ? `${name} (${index + 1})` : name,
        title: name,
        value: (row) => -bitsOf(row, view.kind, index),
        cell: (row) => pill(bitsOf(row, view.kind, index)),
      })),
    ];
  };

  const details = (person) => {
    const told = paths(person).map(({ can, api, through, bits }) => el("li", {}, `${access.can[can]}${access.apis[api]}, through ${through} `, pill(seen(bits))));
    const teams = person[3].map(([team, bits]) => el("li", {}, `in team ${access.teams[team][0]} `, pill(seen(bits))));
    const signIn = person[2] ? [el("li", {}, `${access.can["sign-in"]} `, pill(seen(person[2])))] : [];
    const all = [...signIn, ...teams, ...told];
    return all.length ? el("ul", {}, ...all) : el("p", { class: "faint" }, "No access, and none is listed.");
  };

  const choice = (label, options, set) => {
    const id = unique("choice");
    const select = el("select", { id, change: () => (set(select.value), (view.page = 0), redraw(true)) }, ...options.map(([value, name]) => el("option", { value }, name)));
    return el("span", { class: "tool" }, el("label", { for: id }, label), select);
  };
  const able = choice("What", [["", "anything"], ["call", "call"], ["register", "register"], ["see", "see"]], (value) => (view.can = value));
  const kinds = [["team", `teams (${count(access.teams.length)})`], ["api", `APIs (${count(access.apis.length)})`]];
  const which = choice("Columns", access.teams.length ? kinds : kinds.reverse(), (value) => (view.kind = value));
  const id = unique("columns");
  const filter = el("input", { type: "search", id, autocomplete: "off", input: () => ((view.query = filter.value), (view.page = 0), redraw()) });
  const step = (label, by) => el("button", { type: "button", "aria-label": `${label} columns`, click: () => ((view.page += by), redraw()) }, by < 0 ? "◀" : "▶");
  const [back, on] = [step("Previous", -1), step("Next", 1)];
  const range = el("span", { class: "faint", role: "status" });
  const tools = [which, el("span", { class: "tool" }, el("label", { for: id }, "Find columns"), filter), able, el("span", { class: "tool steps" }, back, range, on)];

  const ties = (row) => [row[2], ...row[3].map(([, bits]) => bits), ...row[4].map(([, , bits]) => bits)].map(seen);
  const filters = [
    {
      label: "Show",
      options: [["access", "with access"], ["git", "something only in git"], ["portal", "something only on the portal"], ["changes", "who gains or loses"]],
      test: (row, value) =>
        value === "access" ? ties(row).some((bits) => bits & NOW)
        : value === "changes" ? [...ties(row), ...paths(row).map(({ bits }) => seen(bits))].some((bits) => Boolean(bits & NOW) !== Boolean(bits & THEN))
        : ties(row).some((bits) => stateOf(bits) === value),
    },
  ];
  const left = access.leftOut ? `${count(access.leftOut)} more people are not on this page.` : "";
  const teamsOf = (row) => row[3].map(([team]) => access.teams[team][0]).join(" ");
  const made = pagedTable({
    caption: "Who has access to what", kind: "matrix", where, columns, rows: access.people, filters, details, tools,
    text: (row) => `${row[0]} ${row[1]} ${teamsOf(row)} ${row[4].map(([api, application]) => `${application} ${access.apis[api]}`).join(" ")}`,
    note: `both: git lists it and the portal has it; git: listed, and not there; portal: there, and not listed. ${left}`,
  });
  const redraw = (again = false) => {
    const all = things().length;
    const from = view.page * COLUMNS;
    range.textContent = all ? `${count(from + 1)}–${count(Math.min(from + COLUMNS, all))} of ${count(all)}` : "none";
    back.disabled = view.page === 0;
    on.disabled = from + COLUMNS >= all;
    able.hidden = view.kind === "team";
    made.draw(again);
  };
  redraw();
  return made.node;
};
