// The status page, live. The server renders everything first; this module follows its events and puts the same words
// into the same places. It holds no word a person reads: those come with the page, the status and the events.
//
// Order matters: the stream is opened first, then the whole status is read, then the events that came meanwhile are
// applied to it, so that nothing is lost or stays stale. Whenever the stream drops, all of that starts over.

const SILENCE = 15_000; // the server says something every 5 s
const FIRST_RETRY = 500;
const LONGEST_RETRY = 5_000;
const SPEECH_PAUSE = 1_000;

const connection = document.getElementById("connection");
const announcer = document.getElementById("announcer");
const down = document.querySelector("main[data-down]") !== null;

let view = null; // what is shown, as /status.json has it
let clockOffset = 0; // the box's clock minus ours, in milliseconds
let stream = null; // the EventSource in use
let early = null; // events that came while the status is being read
let retryAfter = FIRST_RETRY;
let silence = 0;

// --- events -----------------------------------------------------------------------------------------------------------

const replace = (rows, row) => {
  const index = rows.findIndex((other) => other.key === row.key);
  if (index < 0) rows.push(row);
  else rows[index] = row;
};
const without = (rows, key) => rows.filter((row) => row.key !== key);

const handlers = {
  call(call) {
    const before = view.calls.find((other) => other.key === call.key);
    if (before?.spoken !== call.spoken) announce(call.spoken);
    replace(view.calls, call);
  },
  "call-ended"(record) {
    view.calls = without(view.calls, record.key);
    const known = view.records.some((other) => other.key === record.key);
    if (!known) announce(record.spoken);
    view.records = [record, ...without(view.records, record.key)].slice(0, view.records_shown);
  },
  span: (span) => replace(view.spans, span),
  peer: (peer) => replace(view.peers, peer),
  counters: (counters) => (view.counters = counters),
  missed: () => readStatus(stream),
};

function take(kind, content) {
  if (early) early.push([kind, content]);
  else {
    handlers[kind](content);
    showSoon();
  }
}

// --- connection -------------------------------------------------------------------------------------------------------

function connect() {
  const source = new EventSource("/events");
  stream = source;
  early = [];
  heard();
  source.addEventListener("open", () => readStatus(source));
  source.addEventListener("error", () => lose(source));
  source.addEventListener("alive", heard);
  for (const kind of Object.keys(handlers)) {
    source.addEventListener(kind, (event) => {
      heard();
      take(kind, JSON.parse(event.data));
    });
  }
}

async function readStatus(source) {
  early ??= [];
  try {
    const answer = await fetch("/status.json", { cache: "no-store", signal: AbortSignal.timeout(SILENCE) });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const fresh = await answer.json();
    if (source !== stream) return; // this connection was given up meanwhile
    if (down) return location.reload();
    view = fresh;
  } catch {
    return lose(source);
  }
  clockOffset = view.now - Date.now();
  const waiting = early ?? [];
  early = null;
  for (const [kind, content] of waiting) take(kind, content);
  retryAfter = FIRST_RETRY;
  showConnection("live");
  showSoon();
}

function heard() {
  clearTimeout(silence);
  const source = stream;
  silence = setTimeout(() => lose(source), SILENCE);
}

function lose(source) {
  if (source !== stream) return;
  stream = null;
  source.close();
  clearTimeout(silence);
  showConnection("lost");
  setTimeout(connect, retryAfter);
  retryAfter = Math.min(retryAfter * 2, LONGEST_RETRY);
}

function showConnection(state) {
  if (connection.dataset.state === state) return;
  const first = connection.dataset.state === "connecting";
  connection.dataset.state = state;
  connection.textContent = connection.dataset[state];
  document.body.dataset.connection = state;
  if (!first || state === "lost") announce(connection.textContent);
}

// --- speech -----------------------------------------------------------------------------------------------------------

// A busy box would talk without pause: once a second the newest few sentences, older ones are dropped.
const sentences = [];

function announce(sentence) {
  sentences.push(sentence);
  if (sentences.length > 3) sentences.shift();
  if (sentences.length === 1) setTimeout(speak, SPEECH_PAUSE);
}

function speak() {
  announcer.textContent = sentences.splice(0).join(". ");
}

// --- showing ----------------------------------------------------------------------------------------------------------

let shownSoon = false;

function showSoon() {
  if (shownSoon) return;
  shownSoon = true;
  requestAnimationFrame(() => {
    shownSoon = false;
    fill(document.body, view);
  });
}

const localTime = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

// Changing an attribute or text to what it is already would make screen readers and layout work for nothing.
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function setData(element, name, value) {
  if (element.dataset[name] !== value) element.dataset[name] = value;
}

// The elements of `root` that belong to this view and not to a row of one of its lists.
function own(root, selector) {
  const list = root.closest("[data-list]");
  return [...root.querySelectorAll(selector)].filter((element) => element.parentElement.closest("[data-list]") === list);
}

function fill(root, fields) {
  if (fields.tone !== undefined) setData(root, "tone", fields.tone);
  if (root.dataset.field) setText(root, String(fields[root.dataset.field]));
  for (const element of own(root, "[data-tone-field]")) setData(element, "tone", fields[element.dataset.toneField]);
  for (const element of own(root, "[data-field]")) setText(element, String(fields[element.dataset.field]));
  for (const element of own(root, "time[data-time]")) fillTime(element, fields[element.dataset.time]);
  for (const element of own(root, "[data-since]")) setData(element, "millis", String(fields[element.dataset.since]));
  for (const element of own(root, "[data-count]")) setText(element, String(fields[element.dataset.count].length));
  for (const element of own(root, "[data-empty]")) element.hidden = fields[element.dataset.empty].length > 0;
  for (const element of own(root, "[data-list]")) fillList(element, fields[element.dataset.list]);
}

function fillTime(element, moment) {
  if (element.dateTime === moment.iso && element.dataset.shown) return;
  element.dateTime = moment.iso;
  element.title = moment.text;
  element.dataset.shown = "local";
  setText(element, localTime.format(new Date(moment.iso)));
}

function fillList(list, rows) {
  const template = document.getElementById(`${list.dataset.template}-template`);
  const old = new Map([...list.children].map((element) => [element.dataset.key, element]));
  rows.forEach((row, index) => {
    const key = String(row.key);
    const element = old.get(key) ?? template.content.firstElementChild.cloneNode(true);
    old.delete(key);
    element.dataset.key = key;
    if (list.children[index] !== element) list.insertBefore(element, list.children[index] ?? null);
    fill(element, row);
  });
  for (const element of old.values()) element.remove();
  const table = list.closest("table");
  if (table) table.hidden = rows.length === 0;
}

function showLengths() {
  for (const element of document.querySelectorAll("main [data-since]")) {
    const seconds = Math.max(0, Math.floor((Date.now() + clockOffset - Number(element.dataset.millis)) / 1000));
    const two = (number) => String(number).padStart(2, "0");
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
    setText(element, hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`);
  }
}

setInterval(showLengths, 1_000);
connect();
