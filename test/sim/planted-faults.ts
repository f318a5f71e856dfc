// Faults to plant in the core, one at a time. The simulator has to find each one: `plant.ts` applies them to a copy.
//
// A fault that it does not find shows what the simulator does not try. `before` has to be in the file exactly once.

export interface PlantedFault {
  readonly name: string;
  /** Under src/core. */
  readonly file: string;
  readonly edits: readonly { readonly before: string; readonly after: string }[];
}

export const PLANTED_FAULTS: readonly PlantedFault[] = [
  {
    name: "the guard compares as doubles",
    file: "protocol/report.ts",
    edits: [
      {
        before: "report.timeKey > current.timeKey",
        after: 'Number(report.line.split(" ").at(-1)) > Number(current.line.split(" ").at(-1))',
      },
    ],
  },
  {
    name: "an equal time is accepted",
    file: "protocol/report.ts",
    edits: [{ before: "report.timeKey > current.timeKey", after: "report.timeKey >= current.timeKey" }],
  },
  {
    name: "two stamps of one reading of the clock are the same",
    file: "protocol/stamp.ts",
    edits: [{ before: "last + 1 : first", after: "last : first" }],
  },
  {
    name: "a stamp goes on from any report of the millisecond, and of before the clock was set back",
    file: "protocol/stamp.ts",
    edits: [
      { before: "last < first + NANOSECONDS_PER_MILLISECOND - 1", after: "last < 999_999_999" },
      { before: "heardBy !== server || skew !== SKEW", after: "heardBy === undefined" },
    ],
  },
  {
    name: "a time that is far ahead is kept with ?clock=server",
    file: "commands/iamat.ts",
    edits: [
      { before: "(isTooFarAhead || isBehind(", after: "(isBehind(" },
      { before: "if (isTooFarAhead) return", after: "if (isTooFarAhead && pastSeconds === undefined) return" },
    ],
  },
  {
    name: "a time that is far behind is kept with ?clock=server",
    file: "commands/iamat.ts",
    edits: [{ before: " || isBehind(time, nowMillis, pastSeconds)", after: "" }],
  },
  {
    name: "of equal times the one that arrives first stays",
    file: "protocol/report.ts",
    edits: [{ before: "  return compareUtf8(report.line, current.line) > 0;", after: "  return false;" }],
  },
  {
    name: "of equal times the one that arrives last stays",
    file: "protocol/report.ts",
    edits: [{ before: "compareUtf8(report.line, current.line) > 0", after: "report.line !== current.line" }],
  },
  {
    name: "the cursor is saved before the reports",
    file: "server/keeper.ts",
    edits: [
      {
        before: "    store.transact(() => {\n      added = this.#settled",
        after: "    store.transact(() => neighbours.write());\n    store.transact(() => {\n      added = this.#settled",
      },
    ],
  },
  {
    name: "a report is sent back to its source",
    file: "feeds/backlog.ts",
    edits: [
      {
        before: "source?.neighbour !== this.#neighbour || source.incarnation !== this.#incarnation",
        after: "source !== null",
      },
    ],
  },
  {
    name: "its source is never sent a report again",
    file: "feeds/backlog.ts",
    edits: [{ before: " || source.incarnation !== this.#incarnation", after: "" }],
  },
  {
    name: "nothing is sent again after a cut",
    file: "feeds/outbound-feed.ts",
    edits: [
      {
        before: "new Backlog(this.#ports, this.neighbour, sync.incarnation, sync.seq,",
        after:
          "new Backlog(this.#ports, this.neighbour, sync.incarnation, this.#acknowledged === undefined ? sync.seq : this.#ports.numbering.current.lastSeq,",
      },
    ],
  },
  {
    name: "the epoch is ignored",
    file: "feeds/inbound-feed.ts",
    edits: [{ before: "      this.#cursor = 0;\n", after: "" }],
  },
  {
    name: "a number is used again after a crash",
    file: "store/sequencer.ts",
    edits: [
      {
        before: "this.#issuedSeq = this.#current.reservedSeq;",
        after: "this.#issuedSeq = Math.max(0, this.#current.lastSeq - 1);",
      },
    ],
  },
  {
    name: "the alarm is set after the commit",
    file: "server/keeper.ts",
    edits: [
      {
        before: "      alarm.keep(this.#situation, (millis) => store.wakeAt(millis));\n    });",
        after: "    });\n    store.transact(() => alarm.keep(this.#situation, (millis) => store.wakeAt(millis)));",
      },
    ],
  },
  {
    name: "a frame of a scan advances the cursor",
    file: "feeds/backlog.ts",
    edits: [
      {
        before: "lines.length === 0 ? undefined : this.#frame(lines, this.#told)",
        after: "lines.length === 0 ? undefined : { ...this.#frame(lines, this.#told), to: scan.upTo }",
      },
    ],
  },
  {
    name: "an answer leaves before the commit",
    file: "server/herd-server.ts",
    edits: [
      {
        before: "    this.#keeper.keep();\n    this.#clients.answer();\n    this.#neighbours.answer();",
        after: "    this.#clients.answer();\n    this.#neighbours.answer();\n    this.#keeper.keep();",
      },
    ],
  },
  {
    name: "being brought back into service is not durable",
    file: "server/service.ts",
    edits: [{ before: "this.#store.writeIsDrained(this.#isDrained)", after: "this.#store.writeIsDrained(true)" }],
  },
  {
    name: "a new epoch is not dialled back",
    file: "feeds/neighbours.ts",
    edits: [
      {
        before: 'edge.outbound.resetProgress("the neighbour has a new epoch", hello.incarnation)',
        after: "edge.outbound.neighbourIsUp()",
      },
    ],
  },
  {
    name: "empty storage dials nobody",
    file: "feeds/neighbours.ts",
    edits: [{ before: "if (stored === undefined) outbound.assumeBehind();", after: "" }],
  },
  {
    name: "an older incarnation's SYNC is believed",
    file: "feeds/outbound-feed.ts",
    edits: [
      {
        before: "(link.believedIncarnation ?? sync.incarnation) !== sync.incarnation",
        after: "link.believedIncarnation === null",
      },
    ],
  },
  {
    name: "of two lives the last heard is believed",
    file: "feeds/outbound-feed.ts",
    edits: [
      {
        before: "(link.believedIncarnation ?? incarnation) === incarnation",
        after: "link.believedIncarnation !== null",
      },
    ],
  },
  {
    name: "a hello takes back what its own incarnation said",
    file: "feeds/outbound-feed.ts",
    edits: [
      { before: "incarnation !== undefined && link?.incarnation === incarnation", after: "incarnation === null" },
    ],
  },
  {
    name: "frames have no limit",
    file: "feeds/outbound-feed.ts",
    edits: [
      {
        before: "link.unacknowledged.length - link.got < this.#ports.peers.framesUnacknowledged",
        after: "true",
      },
    ],
  },
  {
    name: "an idle link stays open",
    file: "feeds/outbound-feed.ts",
    edits: [
      {
        before: "return link.quietSinceMillis + this.#ports.peers.idleSeconds * 1000;",
        after: "return Infinity;",
      },
    ],
  },
  {
    name: "an answer that does not come is waited for without end",
    file: "feeds/outbound-feed.ts",
    edits: [
      {
        before: "return Math.min(answerMillis, (heldSince ?? Infinity) + (answerSeconds + writeBehindSeconds) * 1000);",
        after: "return answerMillis + writeBehindSeconds + (heldSince ?? 0) > 0 ? Infinity : 0;",
      },
    ],
  },
  {
    name: "the recent log forgets where it begins",
    file: "store/recent-log.ts",
    edits: [{ before: "    this.#floor = first.seq;\n", after: "" }],
  },
  {
    name: "what is held back is acknowledged before it is durable",
    file: "feeds/inbound-feed.ts",
    edits: [{ before: "    this.#isKept = false;\n", after: "" }],
  },
  {
    name: "the cursor is saved without what is held back",
    file: "server/keeper.ts",
    edits: [{ before: "if (isFlush) neighbours.write();", after: "neighbours.write();" }],
  },
  {
    name: "the digest misses what a neighbour reports",
    file: "store/pending-reports.ts",
    edits: [
      {
        before: "for (const { report, before } of accepted) this.#digest",
        after: "for (const { report, before, source } of accepted) if (source === undefined) this.#digest",
      },
    ],
  },
  {
    name: "whoever waits for a commit is answered before it",
    file: "store/pending-reports.ts",
    edits: [
      { before: "return this.#store.find(client).pending?.isDue === true;", after: "return client === undefined;" },
    ],
  },
  {
    name: "a scan misses what is held back",
    file: "feeds/backlog.ts",
    edits: [{ before: "if (table.isComplete) return", after: "if (table !== undefined) return" }],
  },
  {
    name: "the guard does not know what is held back",
    file: "store/pending-reports.ts",
    edits: [
      {
        before: "const newest = newestOf(held);\n    const current = newest && this.#keeping.beside",
        after: "const newest = best?.report ?? held.report;\n    const current = newest && this.#keeping.beside",
      },
    ],
  },
  {
    name: "a client is shown what is held back",
    file: "store/pending-reports.ts",
    edits: [
      {
        before: "pending.inTurn === undefined) this.#shown.push(pending);",
        after: "pending.inTurn === undefined) return;",
      },
    ],
  },
  {
    name: "what is held back uses numbers above the ceiling",
    file: "store/sequencer.ts",
    edits: [
      { before: "return this.#issuedSeq + reports <= this.#current.reservedSeq;", after: "return reports >= 0;" },
      {
        before: "if (seq > this.#current.reservedSeq)",
        after: "if (seq % 7 === 0 && seq > this.#current.reservedSeq)",
      },
    ],
  },
  {
    name: "the highest number that is stored is too low after a crash",
    file: "store/sequencer.ts",
    edits: [
      {
        before: "this.#store.writeHead(this.#current);",
        after: "this.#store.writeHead({ ...this.#current, lastSeq: Math.max(0, this.#current.lastSeq - 1) });",
      },
    ],
  },
  {
    name: "the log is forgotten before its pages are written",
    file: "storage/folding.ts",
    edits: [{ before: "if (position === undefined) marked = mark", after: "marked = mark" }],
  },
  {
    name: "a page that is cut loses clients",
    file: "storage/folding.ts",
    edits: [
      {
        before: "for (const [index, piece] of pieces.entries())",
        after: "for (const [index, piece] of pieces.slice(0, Math.max(1, pieces.length - 1)).entries())",
      },
    ],
  },
  {
    name: "a page is written before the commit that it has",
    file: "storage/paged-report-store.ts",
    edits: [
      {
        before: "      body();\n      written = this.#write(commit);",
        after:
          "      body();\n      for (const numbered of commit.reports.values()) this.#unfolded.set(numbered);\n      this.#folding.committed(0);\n      this.#folding.step(1.8e12 + this.#log.number * 20);\n      written = this.#write(commit);",
      },
    ],
  },
  {
    name: "a round of folding forgets what came during it",
    file: "storage/folding.ts",
    edits: [{ before: "marked = mark(round.upTo);", after: "marked = mark(this.#ports.log.number);" }],
  },
  {
    name: "a start takes the oldest report of the log for the newest",
    file: "storage/paged-report-store.ts",
    edits: [
      {
        before: "    held.numbered = numbered;\n    if (!held.isUnfolded)",
        after: "    held.numbered ??= numbered;\n    if (!held.isUnfolded)",
      },
    ],
  },
  {
    name: "the slot of a commit that is not folded is used again",
    file: "storage/commit-log.ts",
    edits: [
      {
        before: "if (number > folded) break;\n      this.#free",
        after: "if (number > folded + 1) break;\n      this.#free",
      },
    ],
  },
  {
    name: "what an earlier version stored goes over what is newer",
    file: "storage/moving.ts",
    edits: [
      {
        before: "const newer = new Set(records.map(clientOfRecord));",
        after: "const newer = new Set<string>(); records.length = 0;",
      },
    ],
  },
  {
    name: "a GOT counts as an ACK",
    file: "feeds/outbound-feed.ts",
    edits: [
      {
        before: "link.got += count;",
        after: "{ unacknowledged.splice(link.got, count); this.#acknowledge(receipt.to); }",
      },
    ],
  },
  {
    name: "an ACK acknowledges a frame too many",
    file: "feeds/inbound-feed.ts",
    edits: [{ before: "count: got.count + this.#heard.length,", after: "count: got.count + this.#heard.length + 1," }],
  },
  {
    name: "an ACK leaves out the frames that heard GOT",
    file: "feeds/inbound-feed.ts",
    edits: [{ before: "count: got.count + this.#heard.length,", after: "count: this.#heard.length," }],
  },
  {
    name: "a GOT of several frames counts for one",
    file: "feeds/outbound-feed.ts",
    edits: [{ before: "link.got += count;", after: "link.got++;" }],
  },
  {
    name: "a GOT waits without end",
    file: "feeds/inbound-feed.ts",
    edits: [{ before: "answerSeconds * 1000 * GOT_WAIT_PART", after: "answerSeconds * 1000 * Infinity" }],
  },
  {
    name: "what came while reports waited for others is left out",
    file: "feeds/backlog.ts",
    edits: [
      {
        before: "      if (this.#isPausing) return undefined;\n",
        after: "      if (this.#isPausing) { this.#read = head.lastSeq; return undefined; }\n",
      },
    ],
  },
  {
    name: "a cursor that only moves is never told",
    file: "feeds/backlog.ts",
    edits: [
      {
        before: "this.#emptyFrameMillis <= this.#ports.turn.steadyMillis ? this.#frame([], this.#read) : undefined",
        after: "undefined",
      },
    ],
  },
  {
    name: "what is held back waits without end",
    file: "feeds/neighbours.ts",
    edits: [{ before: "if (reports > 0) this.#held.begin", after: "if (reports > 0) this.#held.end" }],
  },
  {
    name: "a watcher is told the oldest waiting line, not the newest",
    file: "lib/conflating-throttle.ts",
    edits: [{ before: "    passed.waiting = value;\n", after: "    passed.waiting ??= value;\n" }],
  },
  {
    name: "a slow reader is told the oldest waiting line",
    file: "sessions/subscriber.ts",
    edits: [
      {
        before: "if (this.#known.get(client)?.line !== line) this",
        after: "if (this.#known.get(client)?.line !== line && !this.#ready.has(client)) this",
      },
    ],
  },
  {
    name: "watchers are told of a fast client as often as it moves",
    file: "lib/conflating-throttle.ts",
    edits: [{ before: "if (this.#intervalMillis === 0) return true;", after: "if (nowMillis > 0) return true;" }],
  },
  {
    name: "nobody looks again whether a slow reader has read",
    file: "sessions/subscriptions.ts",
    edits: [{ before: "this.#toTell.size > 0 ? this.#lookMillis : Infinity", after: "Infinity" }],
  },
  {
    name: "watches end when the server leaves memory",
    file: "sessions/client-connections.ts",
    edits: [
      {
        before: "this.subscriptions.resume(connection, watches);",
        after: "this.subscriptions.resume(connection, watches.slice(watches.length));",
      },
    ],
  },
  {
    name: "an ended watch comes back when the server wakes",
    file: "sessions/subscriptions.ts",
    edits: [
      {
        before: "    this.#leave(subscriber, selector);\n    this.#changed.add(subscriber);\n",
        after: "    this.#leave(subscriber, selector);\n",
      },
    ],
  },
  {
    name: "whoever watches a client and everybody is told twice",
    file: "sessions/subscriptions.ts",
    edits: [
      {
        before: "    const selecting = new Set(named);",
        after:
          "    const selecting = { all: [...(named ?? [])], add(one: Subscriber) { this.all.push(one); }, [Symbol.iterator]() { return this.all[Symbol.iterator](); } };",
      },
    ],
  },
  {
    name: "an ended watch leaves behind what waited",
    file: "sessions/subscriptions.ts",
    edits: [{ before: "    subscriber.forget(selector);\n", after: "" }],
  },
  {
    name: "a WATCH tells what is held, and others' telling tells it again",
    file: "sessions/subscriber.ts",
    edits: [{ before: "if (isToCome) this", after: "if (isToCome && report.client === report.line) this" }],
  },
  {
    name: "a WATCH tells what is durable, not what is held back",
    file: "store/pending-reports.ts",
    edits: [
      {
        before: "const numbered = pending?.unflushed?.report ?? report;",
        after: "const numbered = pending === undefined ? report : report;",
      },
    ],
  },
  {
    name: "a page has only what is durable",
    file: "server/herd-server.ts",
    edits: [{ before: "reportsPage(this.#store, this.pending.unflushed,", after: "reportsPage(this.#store, []," }],
  },
  {
    name: "what a neighbour tells is told to no watcher",
    file: "server/herd-server.ts",
    edits: [
      {
        before: "if (lapsed !== undefined || isNews(report, before)) subscriptions",
        after: "if (report.line.startsWith(`AT ${name} `)) subscriptions",
      },
    ],
  },
  {
    name: "watchers are told what the guard refused",
    file: "server/keeper.ts",
    edits: [
      {
        before: "    taken(accepted);",
        after: "    taken([...accepted, ...refused]);",
      },
    ],
  },
  {
    name: "watches begin before their answer",
    file: "commands/watch.ts",
    edits: [
      { before: "    context.answer(() => {\n", after: "    context.watch(client);\n    context.answer(() => {\n" },
    ],
  },
  {
    name: "a server writes although its storage refused it",
    file: "server/keeper.ts",
    edits: [
      { before: "if (!storage.takesWrites) return Infinity;", after: "if (turn.nowMillis < 0) return Infinity;" },
    ],
  },
  {
    name: "a read-only server takes reports",
    file: "server/storage-condition.ts",
    edits: [{ before: 'return this.#state !== "read-only";', after: "return this.#state.length > 0;" }],
  },
  {
    name: "a wait goes back with the clock",
    file: "lib/steady-clock.ts",
    edits: [{ before: "Math.max(0, this.#wallMillis - wallMillis)", after: "Math.min(0, this.#wallMillis)" }],
  },
  {
    name: "a read-only server never tries its storage again",
    file: "server/storage-condition.ts",
    edits: [{ before: "    this.#isTrying = false;\n", after: "" }],
  },
  {
    name: "a client that is back is never told to be silent again",
    file: "sessions/silences.ts",
    edits: [{ before: "      if (!this.#isSilent(watch)) this.#setTold(watch, false);\n", after: "" }],
  },
  {
    name: "the alarm does not stand for a silence",
    file: "server/durable-alarm.ts",
    edits: [
      {
        before: "const firstMillis = isSoon ? wantedMillis : Math.min(wantedMillis, silenceMillis);",
        after: "const firstMillis = isSoon ? wantedMillis : wantedMillis;",
      },
    ],
  },
  {
    name: "a server that wakes takes every silence for told",
    file: "sessions/remembered-watch.ts",
    edits: [{ before: "isTold: told === TOLD", after: "isTold: true" }],
  },
  {
    name: "a silence is told with the report that was held before",
    file: "sessions/subscriptions.ts",
    edits: [{ before: "this.#silences.tellAgain(watch);", after: "void watch;" }],
  },
  {
    name: "a FORGET is not passed on",
    file: "feeds/backlog.ts",
    edits: [
      {
        before: "return known.map((report) => this.#lineOf(report)).filter((line) => line !== undefined);",
        after:
          'return known.map((report) => (report.timeKey === "" ? undefined : this.#lineOf(report))).filter((line) => line !== undefined);',
      },
    ],
  },
  {
    name: "what was heard before a FORGET is taken from a neighbour",
    file: "protocol/forgetting.ts",
    edits: [
      {
        before: "if (receiveNanoseconds(heardOf(report.line)) <= nanosecondsOf(forgot)) return undefined;",
        after:
          "if (receiveNanoseconds(heardOf(report.line)) <= nanosecondsOf(forgot) - 900_000_000_000n) return undefined;",
      },
    ],
  },
  {
    name: "a FORGET is dropped when it goes into a page",
    file: "storage/records.ts",
    edits: [
      {
        before: "    merged.push(formatRecord(other));",
        after: '    if (other.report.timeKey !== "") merged.push(formatRecord(other));',
      },
    ],
  },
  {
    name: "a FORGET of a server whose clock is behind is earlier than what it forgets",
    file: "protocol/forgetting.ts",
    edits: [
      {
        before:
          "if (held !== undefined && !isForgotten(held)) time = later(time, receiveNanoseconds(heardOf(held.line)));",
        after: "if (held === undefined) time = later(time, 0n);",
      },
    ],
  },
  {
    name: "a report is heard when the clock says, though its client was forgotten later",
    file: "protocol/forgetting.ts",
    edits: [
      {
        before: "nanosecondsOf(forgot) + 1n);\n}\n\n/** That the client",
        after: "0n);\n}\n\n/** That the client",
      },
    ],
  },
  {
    name: "what stays although its client was forgotten is not passed on as of that time",
    file: "server/keeper.ts",
    edits: [{ before: "source: isAsSent ? source : undefined", after: "source" }],
  },
  {
    name: "that a client was forgotten is dropped early",
    file: "protocol/keeping.ts",
    edits: [
      {
        before: "Number(forgot) * 1000 + this.apartMillis < millis)",
        after: "Number(forgot) * 1000 < millis + this.keepMillis - 5000)",
      },
    ],
  },
  {
    name: "what is past keeping is taken from a neighbour",
    file: "feeds/inbound-feed.ts",
    edits: [
      {
        before: "const known = this.#ports.keeping.of(report);",
        after: "const known = this.#ports.keeping.of(report) ?? report;",
      },
    ],
  },
  {
    name: "what is past keeping holds its client",
    file: "store/pending-reports.ts",
    edits: [
      {
        before: "const current = newest && this.#keeping.beside(newest, said);",
        after: "const current = newest && (this.#keeping.beside(newest, said) ?? newest);",
      },
    ],
  },
  {
    name: "a report is known for so long from when its client claims",
    file: "protocol/receive-time.ts",
    edits: [{ before: "return Number(line.slice(skew, client)) + Number(", after: "return Number(" }],
  },
  {
    name: "erasing loses a page",
    file: "storage/erasing.ts",
    edits: [
      {
        before: "rows.renewUpTo(rows.firstAbove(from));",
        after: "rows.renewUpTo(rows.firstAbove(rows.firstAbove(from) ?? from));",
      },
    ],
  },
  {
    name: "erasing loses what a page has after what goes",
    file: "storage/erasing.ts",
    edits: [
      {
        before: "      if (left === report) continue;\n",
        after: "      if (left === undefined) break;\n      if (left === report) continue;\n",
      },
    ],
  },
  {
    name: "the alarm does not stand for erasing",
    file: "server/durable-alarm.ts",
    edits: [
      {
        before: "if (eraseMillis > nowMillis + HIBERNATION_MILLIS) return eraseMillis;",
        after: "if (eraseMillis > nowMillis + HIBERNATION_MILLIS) return Infinity;",
      },
    ],
  },
  {
    name: "the log keeps what was erased",
    file: "storage/erasing.ts",
    edits: [{ before: "this.#free(pass, () => rows.renewLog());", after: "this.#free(pass, () => undefined);" }],
  },
  {
    name: "what is erased is counted",
    file: "storage/erasing.ts",
    edits: [{ before: "if (lapsed.length > 0) noted = note(", after: "if (lapsed.length > 1000) noted = note(" }],
  },
  {
    name: "a pass forgets what came to be erased during it",
    file: "storage/erasing.ts",
    edits: [
      {
        before: "this.#pass.nextMillis = Math.min(this.#pass.nextMillis, millis);",
        after: "this.#pass.nextMillis += 0 * millis;",
      },
    ],
  },
];
