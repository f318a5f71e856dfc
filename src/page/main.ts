// The live page: what is heard of the herd goes to the model, what changed there to the map and the panels, and what somebody
// does here to the herd.

import { readForgotten, readReport, type ClientForgotten } from "../client/client-report.ts";
import { nearestServers, type Place } from "../core/geo/nearest-server.ts";
import { AnswerPanel } from "./panels/answer-panel.ts";
import { ClientTable } from "./model/client-table.ts";
import { Demo, locationText } from "./net/demo.ts";
import { byId, make, setText } from "./dom/elements.ts";
import { FloodTracker, type SeenHop } from "./model/flood-tracker.ts";
import { HerdPoll } from "./net/herd-poll.ts";
import type { HerdView, ServerView } from "./model/herd-view.ts";
import { forgetOperatorToken, takeOperatorToken } from "./net/operator-address.ts";
import { LineConsole } from "./panels/line-console.ts";
import { RateMeter, type Rates } from "./model/rates.ts";
import { format, ServerCards } from "./panels/server-cards.ts";
import { ServerClocks } from "./model/server-clocks.ts";
import { ServerDetails } from "./panels/server-details.ts";
import { Refused, Session } from "./net/session.ts";
import { Speakers } from "./net/speakers.ts";
import { describePlace, MapView } from "./map/map-view.ts";
import { Story } from "./panels/story.ts";
import { Watchers } from "./net/watchers.ts";

/** Cape Town: far from every server, so that the way to the nearest one is seen, and four hops from the last. */
const FIRST_PLACE: Place = { latitude: -33.9249, longitude: 18.4241 };
/** Of those that somebody here spoke of, the last: few enough not to count against any limit. */
const INTERESTING_MAX = 8;
/** How often hops are looked after that wait for the one before them. */
const SETTLE_MILLIS = 100;
/** How often the ages of reports are looked at. */
const AGES_MILLIS = 1000;
/** Floods drawn large at a time, besides those of the clients that somebody here spoke of. */
const LARGE_EVERY_MILLIS = 1200;

const session = new Session(location.origin);
session.operatorToken = takeOperatorToken();
const clients = new ClientTable();
const floods = new FloodTracker();
const clocks = new ServerClocks();
const meter = new RateMeter();
const rates = new Map<string, Rates>();
const story = new Story();
const answers = new AnswerPanel((client) => void forget(client));
const demo = new Demo(session);
let herd: HerdView | undefined;
let largeMillis = 0;

const clientField = byId("client", HTMLInputElement);
const serverField = byId("server", HTMLSelectElement);
const said = byId("said", HTMLElement);
const trouble = byId("trouble", HTMLElement);

const mapView = new MapView(clients, {
  onPlace: (place) => void report(place),
  onClient: (client) => {
    clientField.value = client;
    void ask();
  },
  onServer: (server) => details.toggle(server, herd),
});
const lines = new LineConsole((line) => void typeLine(line));
const speakers = new Speakers(session, (server, direction, text) => lines.hear(server, direction, text));
const watchers = new Watchers(session, {
  onReport: (server, line) => hear(server, line),
  onForgotten: (line) => {
    const forgotten = readForgotten(line);
    if (forgotten !== undefined) beForgotten(forgotten);
  },
  onHeld: (held) => {
    for (const line of held) take(line, performance.now());
  },
  interesting: () => [...mapView.named].slice(-INTERESTING_MAX),
  onLost: () => poll.soon(),
  onChange: () => {
    document.body.dataset["watching"] = String(watchers.watching.size);
  },
  onRefused: (reason) => askForToken(reason),
});
const cards = new ServerCards({
  onDetails: (server) => details.toggle(server, herd),
  onSwitch: (server, isDrained) => void setService(server, isDrained),
});
const details = new ServerDetails(session, (server) => cards.setShown(server));
const poll = new HerdPoll(session, show, (reason) => {
  setText(trouble, `The herd does not answer (${reason}). Asking again …`);
  trouble.hidden = false;
});

/** A server accepted a report. */
function hear(server: string, line: string): void {
  const nowMillis = performance.now();
  const read = take(line, nowMillis);
  if (read === undefined) return;
  for (const seen of floods.hear(server, read.report, nowMillis)) showHop(seen, nowMillis);
}

/** A report was seen to get from one server to the next. */
function showHop({ flood, hop }: SeenHop, nowMillis: number): void {
  if (herd === undefined) return;
  const isOwn = mapView.named.has(flood.client);
  if (isOwn) story.tell(flood, hop, herd, (name) => mapView.toneOf(name));
  // One flood now and then is drawn large among many, from its first hop on.
  if (!isOwn && hop.from === undefined && nowMillis - largeMillis > LARGE_EVERY_MILLIS) {
    largeMillis = nowMillis;
    large.add(flood);
  }
  mapView.showHop(flood, hop, isOwn || large.has(flood), nowMillis);
}
const large = new WeakSet<object>();

setInterval(() => {
  const nowMillis = performance.now();
  for (const seen of floods.settle(nowMillis)) showHop(seen, nowMillis);
}, SETTLE_MILLIS);

setInterval(tellAges, AGES_MILLIS);

/** What was heard grows old by itself: no server is asked for it. */
function tellAges(): void {
  const nowMillis = Date.now();
  if (clients.fade((report) => clocks.ageSecondsOf(report, nowMillis))) mapView.stir();
  const shown = answers.client === undefined ? undefined : clients.reportOf(answers.client);
  if (shown !== undefined) answers.tellAge(clocks.ageSecondsOf(shown.report, nowMillis));
}

/** Takes a report to the table; the report, known or new. */
function take(line: string, nowMillis: number) {
  // Four of five lines tell what another server has told already: those are not read again.
  const held = clients.reportOf(line.split(" ", 4)[3] ?? "");
  if (held?.report.line === line) return held;
  const read = readReport(line);
  if (read === undefined || clients.isForgotten(read)) return undefined;
  if (clients.take(read, mapView.toneOf(read.report.server), nowMillis)) mapView.stir();
  return read;
}

/** A server told that a client was forgotten: so does the page, unless the client was heard after that. */
function beForgotten(forgotten: ClientForgotten): void {
  const { client } = forgotten;
  if (!clients.forget(forgotten) || clients.reportOf(client) !== undefined) return;
  floods.forget(client);
  story.forget(client);
  if (answers.client === client) answers.hide();
  mapView.forget(client);
}

async function forget(client: string): Promise<void> {
  const server = serverFor(clients.reportOf(client)?.report.location ?? FIRST_PLACE);
  if (server === undefined) return say("No server is in service.");
  try {
    // Where the herd does not let this page watch, the answer is all that tells it.
    beForgotten(await speakers.at(server).forget(client));
    say(`${client} is forgotten.`);
  } catch (error) {
    say(`Cannot have ${client} forgotten: ${messageOf(error)}`);
  }
}

function show(view: HerdView): void {
  const isFirst = herd === undefined;
  herd = view;
  trouble.hidden = true;
  floods.neighbours = new Map(view.servers.map(({ name, neighbours }) => [name, neighbours]));
  if (isFirst) offerServers(view);
  const nowMillis = Date.now();
  clocks.hear(view.servers, nowMillis);
  let heard = 0;
  let known = 0;
  for (const { name, status } of view.servers) {
    if (status === undefined) continue;
    const measured = meter.measure(name, status.incarnation, status.counters, nowMillis);
    if (measured !== undefined) rates.set(name, measured);
    heard += measured?.heard ?? 0;
    known = Math.max(known, status.clients);
  }
  setText(byId("total-clients", HTMLElement), format(known));
  setText(byId("total-rate", HTMLElement), format(heard));
  mapView.setHerd(view);
  cards.draw(view, rates, nowMillis);
  details.draw(view);
  story.draw(view, (name) => mapView.toneOf(name));
  watchers.update(view);
  speakers.update(view);
  demo.update(view);
}

function offerServers({ servers }: HerdView): void {
  const options = servers.map(({ name }) => make("option", { text: name, attributes: { value: name } }));
  serverField.replaceChildren(make("option", { text: "the nearest", attributes: { value: "" } }), ...options);
}

/** Who is to be spoken to: the one that was picked, or the nearest that is in service. */
function serverFor(place: Place): ServerView | undefined {
  const servers = herd?.servers ?? [];
  if (serverField.value !== "") return servers.find(({ name }) => name === serverField.value);
  const serving = servers.filter(({ service }) => service === "in service");
  const order = nearestServers(
    serving.map(({ name, place }) => ({ name, location: place && locationText(place) })),
    place,
  );
  return serving.find(({ name }) => name === order[0]?.server.name);
}

async function report(place: Place): Promise<void> {
  byId("invitation", HTMLElement).hidden = true;
  const client = clientField.value.trim();
  const server = serverFor(place);
  if (server === undefined || client === "")
    return say(client === "" ? "Name a client first." : "No server is in service.");
  say("");
  mapView.named.add(client);
  const rounded = { latitude: Number(place.latitude.toFixed(4)), longitude: Number(place.longitude.toFixed(4)) };
  try {
    const held = await speakers.at(server).iamat(client, rounded);
    // Without a watch, as where the herd does not let this page watch, the answer is what is known.
    if (!watchers.watching.has(server.name)) hear(held.server, held.line);
  } catch (error) {
    say(`Cannot report from ${describePlace(place)}: ${messageOf(error)}`);
  }
}

async function ask(): Promise<void> {
  const client = clientField.value.trim();
  const known = clients.reportOf(client)?.report.location;
  const server = serverFor(known ?? FIRST_PLACE);
  if (server === undefined) return say("No server is in service.");
  say("");
  mapView.named.add(client);
  mapView.stir();
  const km = byId("km", HTMLInputElement).valueAsNumber;
  const items = byId("items", HTMLInputElement).valueAsNumber;
  try {
    const answer = await speakers.at(server).whatsat(client, { km, items });
    const terms = server.status?.places?.find(({ name }) => name === answer.places.provider)?.terms;
    answers.show(answer, { km, server: server.name, tone: mapView.toneOf(answer.report.server) }, terms);
    // Without a watch the answer is what is known of the client.
    take(answer.report.line, performance.now());
    tellAges();
  } catch (error) {
    answers.hide();
    say(`Cannot say what is near ${client}: ${messageOf(error)}`);
  }
}

async function typeLine(line: string): Promise<void> {
  const server = serverFor(FIRST_PLACE);
  if (server === undefined) return lines.note("No server is in service.");
  const client = /^\s*(?:IAMAT|WHATSAT)\s+(?<client>\S+)/.exec(line)?.groups?.["client"];
  if (client !== undefined) mapView.named.add(client);
  try {
    await speakers.type(server, line);
  } catch (error) {
    lines.note(`Cannot send it to ${server.name}: ${messageOf(error)}`);
  }
}

async function setService(server: string, isDrained: boolean): Promise<void> {
  cards.setBusy(server, true);
  say("");
  try {
    await session.fetch(`/servers/${encodeURIComponent(server)}/${isDrained ? "drain" : "resume"}`, {
      method: "POST",
      isOperator: true,
    });
  } catch (error) {
    if (error instanceof Refused && error.asksForToken) {
      forgetOperatorToken();
      askForToken(error.message);
    } else say(`Cannot ${isDrained ? "drain" : "resume"} ${server}: ${messageOf(error)}`);
  }
  cards.setBusy(server, false);
  poll.soon();
}

function askForToken(reason: string): void {
  byId("access", HTMLElement).hidden = false;
  say(reason);
}

function say(text: string): void {
  setText(said, text);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function toggleDemo(isOn: boolean): void {
  byId("invitation", HTMLElement).hidden = true;
  byId("demo", HTMLElement).setAttribute("aria-pressed", String(isOn));
  if (isOn) demo.start();
  else demo.stop();
}

byId("demo", HTMLElement).addEventListener("click", () => toggleDemo(!demo.isRunning));
byId("first-demo", HTMLElement).addEventListener("click", () => toggleDemo(true));
byId("first-report", HTMLElement).addEventListener("click", () => void report(FIRST_PLACE));
byId("ask", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  void ask();
});
clientField.addEventListener("input", () => {
  const found = clients.search(clientField.value.trim(), 20);
  byId("client-list", HTMLElement).replaceChildren(
    ...found.map((client) => make("option", { attributes: { value: client } })),
  );
});
byId("access-form", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  session.token = byId("token", HTMLInputElement).value.trim() || undefined;
  session.operatorToken = byId("operator-token", HTMLInputElement).value.trim() || undefined;
  say("");
  watchers.restart();
  speakers.restart();
  poll.soon();
});
// The address that `npm start` printed, opened where the page is open already: only what is behind the # changes.
addEventListener("hashchange", () => {
  session.operatorToken = takeOperatorToken() ?? session.operatorToken;
});
for (const sample of document.querySelectorAll<HTMLElement>("[data-sample]"))
  sample.addEventListener("click", () => {
    const client = clientField.value.trim() || "kiwi";
    const time = (Date.now() / 1000).toFixed(3);
    const samples: Readonly<Record<string, string>> = {
      iamat: `IAMAT ${client} ${locationText(FIRST_PLACE)} ${time}`,
      whatsat: `WHATSAT ${client} 10 5`,
      watch: `WATCH ${client}`,
    };
    lines.suggest(samples[sample.dataset["sample"] ?? ""] ?? "");
  });
