"use strict";
(() => {
  const page = JSON.parse(document.getElementById("explorer-data").textContent);
  const WINDOW = { all: 60, first: 10, around: 20, last: 5 };
  const STEP = 10;
  const PAUSE = 700; // milliseconds without a change before the result is read out
  const DIGITS = 12;
  const at = (id) => document.getElementById(id);

  // --- numbers and words as the language writes them ---

  const KINDS = { int: [0, 0], num1: [1, 1], num2: [2, 2], num3: [3, 3], num4: [4, 4], year: [0, 0] };
  const writers = {};
  Object.keys(KINDS).forEach((kind) => {
    const [fewest, most] = KINDS[kind];
    const options = { minimumFractionDigits: fewest, maximumFractionDigits: most, useGrouping: kind !== "year" };
    writers[kind] = new Intl.NumberFormat(page.locale, options);
  });
  const number = (value, kind) =>
    value === null || !Number.isFinite(value) ? "–" : writers[kind].format(value).replace("-", "\u2212");
  const fill = (template, facts) =>
    template.replace(/\{(\w+)(?::(\w+))?\}/g, (_, name, kind) => (kind ? number(facts[name], kind) : facts[name]));
  const say = (key, facts) => fill(page.texts[key], facts || {});

  // --- the index, as the library computes it ---

  const sum = (numbers) => numbers.reduce((total, each) => total + each, 0);
  const whole = (x) => { // to the nearest whole number, halves to the even one
    const low = Math.floor(x), rest = x - low;
    return rest < 0.5 || (rest === 0.5 && low % 2 === 0) ? low : low + 1;
  };

  const MEANS = {
    arithmetic: [(x) => x, (m) => m],
    geometric: [Math.log, Math.exp],
    harmonic: [(x) => 1 / x, (m) => 1 / m],
  };

  const combine = (row, shares, used, rule) => {
    const [into, back] = MEANS[rule];
    if (used.some((i) => row[i] === null)) return null;
    return back(sum(used.map((i) => shares[i] * into(row[i]))));
  };

  // 1 is best and ties share the lowest number; scores are tied that agree to twelve digits of the largest
  const rankAll = (scores) => {
    const largest = Math.max(0, ...scores.map((x) => (x === null ? 0 : Math.abs(x))));
    const factor = Math.pow(10, DIGITS - 1 - Math.floor(Math.log10(largest > 0 ? largest : 1)));
    const keys = scores.map((x) => (x === null ? null : whole(x * factor)));
    const sorted = keys.filter((key) => key !== null).sort((a, b) => b - a);
    const first = new Map();
    sorted.forEach((key, place) => { if (!first.has(key)) first.set(key, place + 1); });
    return keys.map((key) => (key === null ? null : first.get(key)));
  };

  const gini = (x, w) => {
    const order = x.map((_, i) => i).sort((a, b) => x[a] - x[b]);
    const people = sum(w), mean = sum(x.map((each, i) => each * w[i])) / people;
    let below = 0, area = 0;
    for (let k = 0; k < order.length - 1; k += 1) {
      below += w[order[k]] / people;
      area += (x[order[k + 1]] - x[order[k]]) * below * (1 - below);
    }
    return area / mean;
  };
  const theil = (x, w) => {
    const people = sum(w), mean = sum(x.map((each, i) => each * w[i])) / people;
    return sum(x.map((each, i) => {
      const ratio = each / mean;
      return (w[i] / people) * (ratio > 0 ? ratio * Math.log(ratio) - ratio + 1 : 1);
    }));
  };
  const disparity = (scores, population) => {
    const known = scores.map((_, i) => i).filter((i) => scores[i] !== null);
    const x = known.map((i) => scores[i]), w = known.map((i) => (population ? population[i] : 1));
    const fit = x.length > 0 && x.every((each) => each >= 0) && x.some((each) => each > 0);
    const lowest = Math.min(...x);
    return {
      gini: fit ? gini(x, w) : null,
      theil_t: fit ? theil(x, w) : null,
      max_min: fit && lowest > 0 ? Math.max(...x) / lowest : null,
    };
  };

  const taking = (weights) => weights.map((_, i) => i).filter((i) => weights[i] > 0);
  // the pillars whose scores a mean cannot take
  const refused = (set, weights, rule) => (rule === "arithmetic" ? [] : taking(weights).filter(
    (i) => set.scores.some((row) => row[i] !== null && row[i] <= 0)));

  const compute = (set, weights, rule) => {
    const total = sum(weights), used = taking(weights);
    if (!(total > 0) || refused(set, weights, rule).length) return null;
    const shares = weights.map((each) => each / total);
    const scores = set.scores.map((row) => combine(row, shares, used, rule));
    return Object.assign({ shares, scores, ranks: rankAll(scores) }, disparity(scores, set.population));
  };

  // --- what is chosen ---

  const starts = page.sets.map((set) => compute(set, set.weights, set.rule));
  const state = { set: 0, weights: [], rule: "", place: 0, found: null };
  const chosen = () => page.sets[state.set];

  // the weight that moves the score of a region most when it is moved by ten
  const driver = (set, found) => {
    const moves = set.pillars.map((pillar, i) => {
      const lower = state.weights[i] > 100 - STEP;
      const weights = state.weights.map((each, k) => (k === i ? each + (lower ? -STEP : STEP) : each));
      const next = compute(set, weights, state.rule);
      const change = next ? next.scores[state.place] - found.scores[state.place] : 0;
      return { pillar, lower, change, rank: next ? next.ranks[state.place] : null };
    });
    return moves.reduce((best, each) => (Math.abs(each.change) > Math.abs(best.change) ? each : best));
  };

  const moved = (set, found, i, up, down, same) => {
    const start = starts[state.set];
    const places = start && start.ranks[i] !== null && found.ranks[i] !== null ? start.ranks[i] - found.ranks[i] : 0;
    return places === 0 ? say(same) : say(places > 0 ? up : down, { places: Math.abs(places) });
  };

  const answer = (set, found) => {
    const i = state.place, place = set.names[i], rank = found.ranks[i];
    if (rank === null) return say("place_line.missing", { place });
    const shared = found.ranks.filter((each) => each === rank).length > 1;
    const line = say(shared ? "place_line.shared" : "place_line.rank", {
      place, rank, regions: found.ranks.filter((each) => each !== null).length, score: found.scores[i],
      moved: moved(set, found, i, "place_line.up", "place_line.down", "place_line.same"),
    });
    const most = driver(set, found);
    if (Math.abs(most.change) < 1e-9) return `${line} ${say("drive.none")}`;
    const then = most.rank === rank ? say("drive.stays") : say("drive.becomes", { rank: most.rank });
    const key = `drive.${most.lower ? "lower" : "raise"}_${most.change > 0 ? "up" : "down"}`;
    return `${line} ${say(key, { pillar: most.pillar, step: STEP, points: Math.abs(most.change), then })}`;
  };

  const sharesOf = (set, shares) =>
    set.pillars.map((pillar, i) => `${pillar} ${say("weights.share", { share: 100 * shares[i] })}`).join("; ");

  // --- what is shown ---

  const made = (tag, text, className) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    return element;
  };
  const inside = (parent, children) => {
    parent.textContent = "";
    children.forEach((child) => parent.appendChild(child));
    return parent;
  };

  // the places in the order of the ranks that get a row; null stands for those between
  const visible = (count, place) => {
    const places = [...Array(count).keys()];
    if (count <= WINDOW.all) return places;
    const kept = places.filter((k) => k < WINDOW.first || k >= count - WINDOW.last || Math.abs(k - place) <= WINDOW.around);
    const rows = [];
    kept.forEach((k, n) => {
      if (n > 0 && k > kept[n - 1] + 1) rows.push({ left: k - kept[n - 1] - 1 });
      rows.push(k);
    });
    return rows;
  };

  const inOrder = (found) => found.scores.map((_, i) => i).sort((a, b) =>
    (found.ranks[a] === null) - (found.ranks[b] === null) || found.ranks[a] - found.ranks[b] || a - b);

  const rankRow = (set, found, ties, i) => {
    const row = made("tr", undefined, i === state.place ? "marked" : "");
    const rank = found.ranks[i];
    const tied = rank !== null && ties.get(rank) > 1;
    const score = made("td", number(found.scores[i], "num2"), "num");
    const name = made("th", set.names[i]);
    name.scope = "row";
    const bar = made("span", undefined, "bar"), length = made("span");
    length.style.width = `${Math.max(0, Math.min(100, (100 * (found.scores[i] || 0)) / set.scale))}%`;
    bar.setAttribute("aria-hidden", "true");
    bar.appendChild(length);
    name.appendChild(bar);
    const place = tied ? say("ranking.tied", { rank }) : number(rank, "int");
    const change = rank === null ? "–" : moved(set, found, i, "ranking.up", "ranking.down", "ranking.same");
    return inside(row, [made("td", place, "num"), name, score, made("td", change)]);
  };

  const showRanking = (set, found) => {
    const order = inOrder(found), ties = new Map();
    found.ranks.forEach((rank) => ties.set(rank, (ties.get(rank) || 0) + 1));
    const rows = visible(order.length, order.indexOf(state.place)).map((k) => {
      if (typeof k === "number") return rankRow(set, found, ties, order[k]);
      const cell = made("td", say("ranking.gap", { count: k.left }), "gap");
      cell.colSpan = 4;
      return inside(made("tr"), [cell]);
    });
    const table = at("ranking");
    inside(table.tBodies[0], rows);
    table.caption.textContent = say("ranking.caption", {
      regions: set.names.length, rule: page.rules[state.rule], shares: sharesOf(set, found.shares),
    });
  };

  const showDisparity = (set, found) => {
    const start = starts[state.set];
    const rows = [["gini", "num4"], ["theil_t", "num4"], ["max_min", "num2"]].map(([name, kind]) => {
      const head = made("th", say(`disparity.${name}`));
      head.scope = "row";
      const before = start ? start[name] : null;
      return inside(made("tr"), [head, made("td", number(found[name], kind), "num"), made("td", number(before, kind), "num")]);
    });
    inside(at("disparity").tBodies[0], rows);
    const absent = found.scores.filter((score) => score === null).length;
    at("disparity-note").textContent = absent
      ? `${set.texts.disparity} ${say("disparity.unknown", { count: absent })}` : set.texts.disparity;
  };

  const showWeights = (set, found) => {
    const total = sum(state.weights);
    set.pillars.forEach((pillar, i) => {
      const share = total > 0 ? (100 * state.weights[i]) / total : 0;
      const known = set.scores.map((row) => row[i]).filter((score) => score !== null);
      const facts = { weight: state.weights[i], share, place: set.names[state.place],
        own: set.scores[state.place][i], mean: sum(known) / known.length };
      const slider = at(`weight-${i}`);
      slider.value = state.weights[i];
      slider.setAttribute("aria-valuetext", say("weights.spoken", facts));
      at(`share-${i}`).textContent = say("weights.share", facts);
      at(`own-${i}`).textContent = say("weights.own", facts);
    });
  };

  const problem = (set) => {
    if (!(sum(state.weights) > 0)) return say("weights.none");
    const pillars = refused(set, state.weights, state.rule).map((i) => set.pillars[i]).join(", ");
    return pillars ? say("rule.refused", { rule: page.rules[state.rule], pillars }) : "";
  };

  let waiting = 0;
  const tell = (text) => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => { at("told").textContent = text; }, PAUSE);
  };

  const show = (quietly) => {
    const set = chosen();
    const found = compute(set, state.weights, state.rule);
    state.found = found;
    showWeights(set, found);
    const fault = problem(set);
    at("problem").hidden = !fault;
    at("problem").textContent = fault;
    at("brief").hidden = !found;
    at("shown").hidden = !found;
    at("csv").disabled = !found;
    if (found) {
      const line = answer(set, found);
      at("answer").textContent = line;
      at("brief").textContent = say("brief", { rank: found.ranks[state.place], regions: set.names.length,
        score: found.scores[state.place], gini: found.gini });
      showDisparity(set, found);
      showRanking(set, found);
      if (!quietly) tell(say("spoken", { line, gini: found.gini }));
    } else if (!quietly) tell(fault);
  };

  // --- controls ---

  const option = (kind, value, label, help, checked, onChange) => {
    const input = made("input");
    input.type = "radio";
    input.name = kind;
    input.id = `${kind}-${value}`;
    input.value = value;
    input.checked = checked;
    input.addEventListener("change", onChange);
    const words = made("label", label);
    words.htmlFor = input.id;
    const row = inside(made("div", undefined, "option"), [input, words]);
    if (help) {
      const small = made("small", help);
      small.id = `${input.id}-help`;
      input.setAttribute("aria-describedby", small.id);
      row.appendChild(small);
    }
    return row;
  };

  const slider = (pillar, i) => {
    const input = made("input");
    Object.assign(input, { type: "range", id: `weight-${i}`, min: 0, max: 100, step: 1 });
    input.setAttribute("aria-describedby", `own-${i}`);
    input.addEventListener("input", () => { state.weights[i] = Number(input.value); show(); });
    const label = made("label", pillar);
    label.htmlFor = input.id;
    const share = made("output");
    share.id = `share-${i}`;
    share.setAttribute("for", input.id);
    share.setAttribute("aria-live", "off");
    const own = made("small");
    own.id = `own-${i}`;
    return inside(made("div", undefined, "weight"), [label, share, input, own]);
  };

  // the word aslant, as a picture that repeats behind all results, so that no part of them goes without
  const watermark = (word) => {
    const text = made("p", word).innerHTML; // escaped
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 384 288"><text x="192" y="150" text-anchor="middle" `
      + `transform="rotate(-24 192 144)" font-family="Arial, sans-serif" font-weight="700" font-size="44" `
      + `fill="#d08c2a">${text}</text></svg>`;
    return `url("data:image/svg+xml,${encodeURIComponent(svg)}")`;
  };

  const keepOptions = (fieldset, rows) => {
    [...fieldset.querySelectorAll(".option")].forEach((row) => row.remove());
    rows.forEach((row) => fieldset.appendChild(row));
  };

  const start = (quietly) => {
    const set = chosen();
    state.weights = set.weights.slice();
    state.rule = set.rule;
    at(`rule-${set.rule}`).checked = true;
    show(quietly);
  };

  const use = (number, quietly) => {
    state.set = number;
    const set = chosen();
    state.place = set.highlight;
    const places = set.names.map((_, i) => i).sort((a, b) => set.names[a].localeCompare(set.names[b], page.locale));
    inside(at("place"), places.map((i) => {
      const each = made("option", set.names[i]);
      each.value = i;
      return each;
    }));
    at("place").value = state.place;
    inside(at("weights"), set.pillars.map(slider));
    at("mark").hidden = !set.illustrative;
    const results = at("explorer");
    results.classList.toggle("invented", set.illustrative);
    results.style.setProperty("--mark", set.illustrative ? watermark(page.texts.watermark) : "none");
    at("about").textContent = set.texts.about;
    const initial = starts[number];
    at("ranking-note").textContent = initial
      ? say("ranking.note", { rule: page.rules[set.rule], shares: sharesOf(set, initial.shares) }) : "";
    start(quietly);
  };

  // --- the table as a file ---

  // an apostrophe stands before what a spreadsheet would compute, as in the tables of the library
  const ACTS = /(^|[;\t\n])(?=[ \u00a0']*(?:[=@＝＠]|[+＋－-](?!(?:\d[\d.,]*(?:[eE][+-]?\d+)?%?)?(?:$|;))))/g;
  const guarded = (text) => text.replace(/\r\n?/g, "\n").replace(ACTS, "$1'").replace(/^(?='*[\t\n])/, "'");
  const cell = (value) => {
    if (value === null || value === undefined) return "";
    if (typeof value === "number") return String(value);
    const safe = guarded(value);
    return /[",\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
  };

  const csv = () => {
    const set = chosen(), found = state.found, first = starts[state.set];
    const head = ["rank", "code", "region", "score", "rank_start", "score_start", ...set.codes, set.weighted_by || "weight", "year", "rule",
      ...set.codes.map((code) => `weight_${code}`), "status"];
    const rows = inOrder(found).map((i) => [
      found.ranks[i], set.regions[i], set.names[i], found.scores[i], first && first.ranks[i], first && first.scores[i],
      ...set.scores[i], set.population ? set.population[i] : 1, set.year, state.rule, ...found.shares, set.status,
    ]);
    return [head, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
  };

  const download = () => {
    const set = chosen();
    const link = made("a");
    const file = URL.createObjectURL(new Blob(["\ufeff", csv()], { type: "text/csv;charset=utf-8" }));
    link.href = file;
    link.download = `explorer_${set.key}_${set.year}.csv`;
    document.body.appendChild(link);
    link.click();
    link.remove();
    window.setTimeout(() => URL.revokeObjectURL(file), 10000);
  };

  // --- begin ---

  keepOptions(at("sets"), page.sets.map((set, i) =>
    option("set", i, set.texts.label, "", i === 0, () => use(i))));
  keepOptions(at("rules"), Object.keys(page.rules).map((rule) =>
    option("rule", rule, page.rules[rule], say(`rule.${rule}`), false, () => { state.rule = rule; show(); })));
  at("place").addEventListener("change", () => { state.place = Number(at("place").value); show(); });
  at("equal").addEventListener("click", () => { state.weights = state.weights.map(() => 50); show(); });
  at("reset").addEventListener("click", () => start());
  at("csv").addEventListener("click", download);
  at("explorer").hidden = false;
  use(0, true);

  window.smartcity = {
    compute: (weights, rule, key) => {
      const set = page.sets.find((each) => each.key === key) || chosen();
      return compute(set, weights, rule);
    },
    csv,
    number,
    state,
  };
})();
