"use strict";
/* Filters the lines of the journals that stand in this page, in memory; what it shows are texts, never markup. */
(() => {
  const given = JSON.parse(document.getElementById("lines").textContent);
  const [entries, notes, accounts, segments, texts] = given.texts;
  const width = given.texts.length + 1, count = given.lines.length / width, step = 500;
  const form = document.getElementById("filter"), said = document.getElementById("found"), more = document.getElementById("more");
  const body = document.querySelector("#journal tbody");
  const heads = Array.from(document.querySelectorAll("#journal thead th"), one => one.textContent);
  const lower = given.texts.map(list => list.map(text => text.toLowerCase()));
  let found = [], shown = 0;

  const money = minor => {
    if (minor === 0n) return "";
    const text = String(minor).padStart(given.digits + 1, "0"), cut = text.length - given.digits;
    return text.slice(0, cut).replace(/\B(?=(\d{3})+$)/g, ",") + (given.digits ? "." + text.slice(cut) : "");
  };
  const amount = line => BigInt(given.lines[line * width + width - 1]);
  const cell = (name, text, kind) => {
    const made = document.createElement(name);
    made.textContent = text;
    if (name === "th") made.scope = "row";
    if (kind) made.className = kind;
    return made;
  };
  const row = line => {
    const at = line * width, made = document.createElement("tr"), minor = amount(line), entry = given.lines[at];
    const first = cell("th", given.links[entry] ? "" : entries[entry]);
    if (given.links[entry]) {
      const link = cell("a", entries[entry]);
      link.href = given.links[entry];
      first.append(link);
    }
    made.id = "line/" + (line + 1);
    const cells = [cell("td", notes[given.lines[at + 1]]), cell("td", accounts[given.lines[at + 2]]),
      cell("td", segments[given.lines[at + 3]]), cell("td", money(minor > 0n ? minor : 0n), "n"),
      cell("td", money(minor < 0n ? -minor : 0n), "n"), cell("td", texts[given.lines[at + 4]])];
    cells.forEach((one, place) => { one.dataset.head = heads[place + 1]; });
    made.append(first, ...cells);
    return made;
  };
  const show = () => {
    const part = document.createDocumentFragment(), end = Math.min(shown + step, found.length);
    for (; shown < end; shown++) part.append(row(found[shown]));
    body.append(part);
    more.hidden = shown === found.length;
  };
  const filter = () => {
    document.querySelector("#journal .quiet")?.remove();
    const chosen = ["note", "account", "segment"].map(name => form.elements[name].value);
    const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const having = words.map(word => lower.map(list => list.map(text => text.includes(word))));
    let debit = 0n, credit = 0n;
    found = [];
    shown = 0;
    for (let line = 0; line < count; line++) {
      const at = line * width;
      if (chosen.some((one, place) => one !== "" && given.lines[at + 1 + place] !== Number(one))) continue;
      if (!having.every(one => one.some((list, place) => list[given.lines[at + place]]))) continue;
      found.push(line);
      const minor = amount(line);
      if (minor > 0n) debit += minor; else credit -= minor;
    }
    body.replaceChildren();
    show();
    said.textContent = `${found.length.toLocaleString("en")} of ${count.toLocaleString("en")} lines: debit ${money(debit) || "nil"}, `
      + `credit ${money(credit) || "nil"}`;
  };

  for (const [name, list] of [["note", notes], ["account", accounts], ["segment", segments]]) {
    const order = list.map((text, place) => [text, place]).sort((one, other) => (one[0] < other[0] ? -1 : 1));
    form.elements[name].append(...order.map(([text, place]) => new Option(text || "none", place)));
  }
  form.hidden = false;
  form.addEventListener("submit", event => event.preventDefault());
  form.addEventListener("input", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  more.addEventListener("click", show);
  found = Array.from({ length: count }, (_, line) => line);
  shown = body.rows.length;
  more.hidden = shown >= count;
})();
