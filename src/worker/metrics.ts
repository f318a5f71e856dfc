// The herd's numbers for a monitoring system: Prometheus' text format 0.0.4.
//
// One scrape tells of every server of this deployment. Counters begin anew with each life of a server, as they do
// wherever a process restarts. https://prometheus.io/docs/instrumenting/exposition_formats/

import type { ServerObjectStatus } from "./server-object.ts";

type Labels = Readonly<Record<string, string>>;

interface Metric {
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  readonly samples: (status: ServerObjectStatus) => readonly (readonly [value: number, labels?: Labels])[];
}

type FeedStatus = ServerObjectStatus["neighbours"][number];

/** One sample a feed, of what is known of it. */
function ofFeeds(value: (feed: FeedStatus) => number | null): Metric["samples"] {
  return ({ neighbours }) =>
    neighbours.flatMap((feed) => {
      const sample = value(feed);
      return sample === null ? [] : [[sample, { neighbour: feed.neighbour }] as const];
    });
}

const METRICS: readonly Metric[] = [
  { name: "herd_clients", type: "gauge", help: "Clients whose report is held.", samples: ({ clients }) => [[clients]] },
  {
    name: "herd_connections",
    type: "gauge",
    help: "Connections of clients.",
    samples: ({ connections }) => [[connections]],
  },
  {
    name: "herd_starts_total",
    type: "counter",
    help: "Starts on this storage, waking from hibernation included.",
    samples: ({ starts }) => [[starts]],
  },
  {
    name: "herd_rows_written_total",
    type: "counter",
    help: "Rows written in this life, as they are billed: table rows, and settings of the alarm.",
    samples: ({ cost }) => [[cost.rowsWritten]],
  },
  {
    name: "herd_messages_received_total",
    type: "counter",
    help: "WebSocket messages received in this life, of clients and of servers.",
    samples: ({ cost }) => [[cost.messagesReceived]],
  },
  {
    name: "herd_feed_sent_bytes_total",
    type: "counter",
    help: "Bytes of frames sent to a neighbour in this life.",
    samples: ofFeeds(({ bytesSent }) => bytesSent),
  },
  {
    name: "herd_feed_sent_reports_total",
    type: "counter",
    help: "AT lines sent to a neighbour in this life.",
    samples: ofFeeds(({ reportsSent }) => reportsSent),
  },
  {
    name: "herd_feed_behind_reports",
    type: "gauge",
    help: "Reports that a neighbour has not received, at most.",
    samples: ofFeeds(({ behindAtMost }) => behindAtMost),
  },
  {
    name: "herd_feed_failures",
    type: "gauge",
    help: "Failed tries to reach a neighbour since the last that worked.",
    samples: ofFeeds(({ failures }) => failures),
  },
];

/** The numbers of these servers. */
export function formatMetrics(statuses: readonly ServerObjectStatus[]): string {
  return METRICS.map(({ name, type, help, samples }) => {
    const lines = statuses.flatMap((status) =>
      samples(status).map(
        ([value, labels]) => `${name}${formatLabels({ server: status.server, ...labels })} ${value}\n`,
      ),
    );
    return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
  }).join("");
}

/** Names of servers need no escaping: `herdConfigSchema` sees to it. */
function formatLabels(labels: Labels): string {
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(",")}}`;
}
