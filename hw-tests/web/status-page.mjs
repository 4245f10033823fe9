// The status page in a real Chromium, compared with what junctord's control API says.
//
//   node status-page.mjs --url http://127.0.0.1:8080/ --control /run/junctor/control.sock [--shots DIRECTORY] [--web-stays]
//
// --web-stays tells that an outage takes junctord away and leaves junctor-web, which then has to say so.
// Places no calls itself: it asks on standard output and waits for "done" on standard input (helper.mjs). Cases run in the
// order written, each builds on the one before. Ends with "N passed, N failed" and exit code 1 if any failed.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { ask } from "./control.mjs";
import { need } from "./helper.mjs";

const { values: options } = parseArgs({
  options: { url: { type: "string" }, control: { type: "string" }, shots: { type: "string" }, "web-stays": { type: "boolean" } },
});
if (!options.url || !options.control) {
  console.error("usage: status-page.mjs --url URL --control SOCKET [--shots DIRECTORY] [--web-stays]");
  process.exit(2);
}
const soon = { timeout: 5_000 };
const later = { timeout: 25_000 }; // a silent connection is given up after 15 s
const api = (path) => ask(options.control, path);
if (options.shots) mkdirSync(options.shots, { recursive: true });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});

// --- what must never happen, watched through all cases ---

const complaints = []; // console errors and uncaught exceptions
const strangers = []; // requests to another host
let outage = false; // while the far end is away, Chromium itself logs each request that failed
let sentences = []; // what a screen reader would have said

async function open(settings = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, timezoneId: "Europe/Berlin", ...settings });
  const page = await context.newPage();
  page.on("console", (message) => {
    const ownFailure = outage && message.text().startsWith("Failed to load resource");
    if (["error", "warning"].includes(message.type()) && !ownFailure) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    if (new URL(request.url()).host !== new URL(options.url).host) strangers.push(request.url());
  });
  await page.exposeFunction("heard", (sentence) => sentences.push(sentence));
  await page.addInitScript(() => {
    addEventListener("DOMContentLoaded", () => {
      const announcer = document.getElementById("announcer");
      new MutationObserver(() => window.heard(announcer.textContent)).observe(announcer, { childList: true });
    });
  });
  return page;
}

async function shoot(page, name, fullPage = true) {
  if (options.shots) await page.screenshot({ path: join(options.shots, `${name}.png`), fullPage });
}

// --- reading the page as a person finds things: by role and name ---

const section = (page, name) => page.getByRole("region", { name: new RegExp(`^${name}( \\d+)?$`) });
const rows = (page, name) => section(page, name).getByRole("row").filter({ has: page.getByRole("rowheader") });
const cell = (page, span, timeslot) => card(page, span).getByText(new RegExp(`^Timeslot ${timeslot}: `));
const card = (page, span) => section(page, "Spans").getByRole("listitem").filter({ has: page.getByRole("heading", { name: span, exact: true }) });
const state = (page) => page.locator("#connection").getAttribute("data-state");

async function becomes(what, expected, { timeout }) {
  const end = Date.now() + timeout;
  for (;;) {
    const found = await what();
    if (found === expected) return;
    assert(Date.now() < end, `found ${JSON.stringify(found)}, expected ${JSON.stringify(expected)} within ${timeout} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function channelsMatch(page) {
  for (const span of await api("/v1/spans")) {
    const uses = { idle: "idle", "in-use": "in use", "out-of-service": "out of service" };
    const labels = await card(page, span.name).getByRole("listitem").locator(".visually-hidden").allTextContents();
    assert.equal(labels.length, span.framing === "e1" ? 31 : 24);
    for (const channel of span.channels) {
      const call = channel.call === undefined ? "" : `, call ${channel.call}`;
      assert.equal(labels[channel.timeslot - 1], `Timeslot ${channel.timeslot}: ${uses[channel.state]}${call}`);
    }
    const signalling = labels.filter((label) => label.endsWith("D-channel"));
    assert.equal(signalling.length, labels.length - span.channels.length);
  }
}

// --- the cases ---

const cases = [];
const test = (name, run) => cases.push({ name, run });
let page;
let call; // the call that the helper placed, as the control API showed it
let callChannel; // { span, timeslot } of it
let latecomer; // a page that is opened during the outage

test("page shows the box, its spans and every channel as the control API has them", async () => {
  page = await open();
  const answer = await page.goto(options.url);
  assert.equal(answer.status(), 200);
  const status = await api("/v1/status");
  await page.getByRole("heading", { level: 1, name: status.name }).waitFor(soon);
  assert.deepEqual(await section(page, "Spans").getByRole("heading", { level: 3 }).allTextContents(), status.spans.map((s) => s.name));
  assert.deepEqual(await rows(page, "SIP peers").getByRole("rowheader").allTextContents(), status.peers.map((p) => p.name));
  await channelsMatch(page);
});

test("page becomes live", async () => {
  await becomes(() => state(page), "live", soon);
  await channelsMatch(page);
  await shoot(page, "idle-light");
});

test("page can be read without script", async () => {
  const plain = await browser.newContext({ javaScriptEnabled: false });
  const still = await plain.newPage();
  await still.goto(options.url);
  await channelsMatch(still);
  await plain.close();
});

test("keyboard comes first to the link that skips to the content", async () => {
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("href")), "#content");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "content");
});

test("every table has column headers and a name, the page has its landmarks", async () => {
  for (const landmark of ["banner", "main"]) assert.equal(await page.getByRole(landmark).count(), 1, landmark);
  const tables = await page.locator("table").all();
  assert(tables.length >= 3);
  for (const table of tables) {
    assert((await table.locator("thead th[scope=col]").count()) >= 4);
    const name = await table.getAttribute("aria-labelledby");
    assert.equal(await page.locator(`#${name}`).count(), 1);
  }
  assert.equal(await page.locator("[aria-live]").count(), 1, "only calls and the connection are spoken");
});

test("a call appears by itself, with its channel in use", async () => {
  await need("call");
  [call] = await api("/v1/calls");
  assert(call, "the helper said done, but the control API has no call");
  const row = rows(page, "Calls").filter({ has: page.getByRole("rowheader", { name: String(call.id), exact: true }) });
  await row.waitFor(soon);
  const text = await row.textContent();
  for (const number of [call.calling, call.called]) assert(text.includes(number), `${text} has no ${number}`);
  const span = (await api("/v1/spans")).find((span) => span.channels.some((channel) => channel.call === call.id));
  assert(span, "no channel carries the call");
  callChannel = { span: span.name, timeslot: span.channels.find((channel) => channel.call === call.id).timeslot };
  const label = cell(page, callChannel.span, callChannel.timeslot);
  await becomes(() => label.textContent(), `Timeslot ${callChannel.timeslot}: in use, call ${call.id}`, soon);
  await channelsMatch(page);
});

test("the call is spoken, and its length counts", async () => {
  await becomes(async () => sentences.some((sentence) => sentence.includes(`Call ${call.id} from`)), true, soon);
  const length = rows(page, "Calls").first().getByRole("cell").last();
  const before = await length.textContent();
  assert.match(before, /^(\d+:)?\d+:\d\d$/);
  await becomes(async () => (await length.textContent()) !== before, true, soon);
  await shoot(page, "call-light");
});

test("dark colours are dark and the call is still there", async () => {
  await page.emulateMedia({ colorScheme: "dark" });
  const brightness = () =>
    page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).reduce((sum, part) => sum + Number(part), 0));
  assert((await brightness()) < 150);
  await shoot(page, "call-dark");
  await page.emulateMedia({ colorScheme: "light" });
  assert((await brightness()) > 600);
});

test("phone width needs no sideways scrolling", async () => {
  for (const colorScheme of ["light", "dark"]) {
    const phone = await open({ viewport: { width: 360, height: 780 }, deviceScaleFactor: 2, isMobile: true, colorScheme });
    await phone.goto(options.url);
    await becomes(() => state(phone), "live", soon);
    const [inside, outside] = await phone.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert(inside <= outside, `content is ${inside} px wide, the screen ${outside}`);
    await rows(phone, "Calls").first().waitFor(soon);
    await shoot(phone, `phone-${colorScheme}`, false);
    await section(phone, "Last calls").evaluate((element) => element.scrollIntoView());
    await shoot(phone, `phone-records-${colorScheme}`, false);
    await phone.context().close();
  }
});

test("the call goes away, its channel is idle and its record comes first", async () => {
  sentences = [];
  await need("call-end");
  const gone = rows(page, "Calls").filter({ has: page.getByRole("rowheader", { name: String(call.id), exact: true }) });
  await gone.waitFor({ state: "detached", ...soon });
  const [record] = await api("/v1/records?limit=1");
  assert.equal(record.id, call.id);
  const first = rows(page, "Last calls").first();
  await becomes(() => first.getByRole("rowheader").textContent(), String(call.id), soon);
  const text = await first.textContent();
  for (const part of [record.calling, record.called, `${record.cause} ${record.cause_text}`, record.reason]) {
    assert(text.includes(part), `${text} has no ${part}`);
  }
  const label = cell(page, callChannel.span, callChannel.timeslot);
  await becomes(() => label.textContent(), `Timeslot ${callChannel.timeslot}: idle`, soon);
  await becomes(async () => sentences.some((sentence) => sentence.includes(`Call ${call.id} ended`)), true, soon);
});

test("counters follow the control API", async () => {
  const shown = (name) => section(page, "Counters since the start").locator(`[data-key=${name}] dd`).textContent();
  const { counters } = await api("/v1/status");
  for (const name of ["calls", "answered", "ended"]) await becomes(() => shown(name), String(counters[name]), soon);
});

test("a lost connection is said", async () => {
  outage = true;
  sentences = [];
  await need("outage");
  await becomes(() => state(page), "lost", later);
  await page.getByText("Connection lost, retrying").first().waitFor({ state: "visible", ...soon });
  await becomes(async () => sentences.some((sentence) => sentence.includes("Connection lost")), true, soon);
  await shoot(page, "lost-light", false);
});

if (options["web-stays"]) {
  test("a page opened while junctord is away says so", async () => {
    latecomer = await open();
    assert.equal((await latecomer.goto(options.url)).status(), 503);
    await latecomer.getByRole("heading", { name: "The gateway does not answer" }).waitFor(soon);
    await becomes(() => state(latecomer), "lost", soon);
    await shoot(latecomer, "down-light", false);
    await latecomer.emulateMedia({ colorScheme: "dark" });
    await shoot(latecomer, "down-dark", false);
  });
}

test("the connection heals by itself and the page is right again", async () => {
  await need("recovery");
  await becomes(() => state(page), "live", later);
  if (latecomer) await latecomer.getByRole("heading", { level: 2, name: "Spans" }).waitFor(later);
  outage = false;
  const status = await api("/v1/status");
  const records = (await api("/v1/records?limit=20")).map((record) => String(record.id));
  await becomes(async () => (await rows(page, "Last calls").getByRole("rowheader").allTextContents()).join(), records.join(), soon);
  await becomes(() => rows(page, "Calls").count(), status.calls.length, soon);
  await channelsMatch(page);
  if (latecomer) {
    await becomes(() => state(latecomer), "live", later);
    await channelsMatch(latecomer);
  }
});

test("no error in the console and no exception", () => assert.deepEqual(complaints, []));
test("no request to another host", () => assert.deepEqual(strangers, []));

// --- running them ---

let passed = 0;
let failed = 0;
for (const { name, run } of cases) {
  try {
    await run();
    passed += 1;
    console.log(`ok      ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n        ${String(error.stack).replaceAll("\n", "\n        ")}`);
    if (page) await shoot(page, `failed-${failed}`).catch(() => {});
  }
}
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
