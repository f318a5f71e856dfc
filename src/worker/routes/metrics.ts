// The numbers of the herd for a monitoring system. metrics-text.ts has their format.
//
// One scrape has the numbers of all servers of this deployment. A counter starts at 0 when its server starts, as in any
// process. Keeps HD6, HD17, HD18 and HD19.

import type { HistogramStatus } from "../../core/lib/histogram.ts";
import { formatMetrics, type Metric, type Sample } from "./metrics-text.ts";
import type { ServerObjectStatus } from "../env/server-rpc.ts";

/** A metric of one server. Its samples get the server's label later. */
type ServerMetric = Omit<Metric, "samples"> & { readonly samples: (status: ServerObjectStatus) => readonly Sample[] };

type FeedStatus = ServerObjectStatus["neighbours"][number];
type ProviderStatus = ServerObjectStatus["places"][number];

function one(value: (status: ServerObjectStatus) => number): ServerMetric["samples"] {
  return (status) => [{ value: value(status) }];
}

/** One sample for each feed whose value is known. */
function ofFeeds(value: (feed: FeedStatus) => number | null): ServerMetric["samples"] {
  return ({ neighbours }) =>
    neighbours.flatMap((feed) => {
      const sample = value(feed);
      return sample === null ? [] : [{ value: sample, labels: { neighbour: feed.neighbour } }];
    });
}

/** One sample for each provider of places that has this value. */
function ofProviders(value: (provider: ProviderStatus) => number | undefined): ServerMetric["samples"] {
  return ({ places }) =>
    places.flatMap((provider) => {
      const sample = value(provider);
      return sample === undefined ? [] : [{ value: sample, labels: { provider: provider.name } }];
    });
}

/** One sample for each `provider status`. */
function byProviderAndStatus(counts: Readonly<Record<string, number>>): readonly Sample[] {
  return Object.entries(counts).map(([name, value]) => {
    const [provider = "", status = ""] = name.split(" ");
    return { value, labels: { provider, status } };
  });
}

/** Cumulative buckets in seconds, as Prometheus has them. */
function histogramOf({ bounds, counts, sum }: HistogramStatus): readonly Sample[] {
  let total = 0;
  const buckets = counts.map((count, index) => {
    total += count;
    const bound = bounds[index];
    return { suffix: "_bucket", value: total, labels: { le: bound === undefined ? "+Inf" : String(bound / 1000) } };
  });
  return [...buckets, { suffix: "_sum", value: sum / 1000 }, { suffix: "_count", value: total }];
}

const METRICS: readonly ServerMetric[] = [
  {
    name: "herd_clients",
    type: "gauge",
    help: "Clients whose report is held.",
    samples: one(({ clients }) => clients),
  },
  {
    name: "herd_reports_digest",
    type: "gauge",
    help: "A number of what is held, equal for servers that hold the same reports. Absent while it is being made.",
    samples: ({ digest }) => (digest === null ? [] : [{ value: Number.parseInt(digest, 16) }]),
  },
  {
    name: "herd_connections",
    type: "gauge",
    help: "Connections of clients.",
    samples: one(({ connections }) => connections),
  },
  {
    name: "herd_watches",
    type: "gauge",
    help: "Watches of clients by connections; a watch of * counts as one.",
    samples: one(({ watches }) => watches),
  },
  {
    name: "herd_in_service",
    type: "gauge",
    help: "1 if the server is in service, 0 if an operator has drained it.",
    samples: one(({ isDrained }) => (isDrained ? 0 : 1)),
  },
  {
    name: "herd_starts_total",
    type: "counter",
    help: "Starts on this storage, waking from hibernation included.",
    samples: one(({ starts }) => starts),
  },
  {
    name: "herd_commands_total",
    type: "counter",
    help: "Commands of clients since the server started, by command and outcome.",
    samples: ({ counters: { commands, refused } }) => [
      ...Object.entries(commands).map(([name, value]) => {
        const [command = "", ...outcome] = name.split(" ");
        return { value, labels: { command, outcome: outcome.join(" ") } };
      }),
      {
        value: Object.values(refused).reduce((sum, count) => sum + count, 0),
        labels: { command: "", outcome: "refused" },
      },
    ],
  },
  {
    name: "herd_refused_total",
    type: "counter",
    help: "Commands refused since the server started, by reason.",
    samples: ({ counters }) =>
      Object.entries(counters.refused).map(([reason, value]) => ({ value, labels: { reason } })),
  },
  {
    name: "herd_told_lines_total",
    type: "counter",
    help: "AT lines sent to connections that watch, since the server started.",
    samples: one(({ counters }) => counters.told),
  },
  {
    name: "herd_feed_received_reports_total",
    type: "counter",
    help: "Reports of neighbours since the server started: accepted, or refused by the guard as stale.",
    samples: ({ counters: { feedAccepted, feedStale, feedAhead } }) => [
      { value: feedAccepted, labels: { outcome: "accepted" } },
      { value: feedStale, labels: { outcome: "stale" } },
      { value: feedAhead, labels: { outcome: "ahead" } },
    ],
  },
  {
    name: "herd_commits_total",
    type: "counter",
    help: "Commits to the storage since the server started.",
    samples: one(({ counters }) => counters.commits),
  },
  {
    name: "herd_rows_written_total",
    type: "counter",
    help: "Rows written since the server started, as they are billed: table rows, and settings of the alarm.",
    samples: one(({ cost }) => cost.rowsWritten),
  },
  {
    name: "herd_messages_received_total",
    type: "counter",
    help: "WebSocket messages received since the server started, from clients and servers.",
    samples: one(({ cost }) => cost.messagesReceived),
  },
  {
    name: "herd_commits_failed_total",
    type: "counter",
    help: "Commits that failed. Each ends the server, which starts again and goes on counting.",
    samples: one(({ commitsFailed }) => commitsFailed),
  },
  {
    name: "herd_storage_takes_reports",
    type: "gauge",
    help: "1 if the server takes reports, 0 while it is read-only because its storage is full.",
    samples: one(({ storage }) => (storage === "read-only" ? 0 : 1)),
  },
  {
    name: "herd_storage_takes_new_clients",
    type: "gauge",
    help: "1 if the server takes reports of clients that it does not know, 0 while its storage has no room for them.",
    samples: one(({ storage }) => (storage === "has room" ? 1 : 0)),
  },
  {
    name: "herd_storage_bytes",
    type: "gauge",
    help: "Size of the server's storage, without what was deleted.",
    samples: one(({ cost }) => cost.storageBytes),
  },
  {
    name: "herd_feed_up",
    type: "gauge",
    help: "1 unless the last try to reach the neighbour failed.",
    samples: ofFeeds(({ failures }) => (failures === 0 ? 1 : 0)),
  },
  {
    name: "herd_feed_behind_reports",
    type: "gauge",
    help: "Reports that the neighbour has not received yet, at most.",
    samples: ofFeeds(({ behindAtMost }) => behindAtMost),
  },
  {
    name: "herd_feed_behind_seconds",
    type: "gauge",
    help: "Time since the neighbour last had everything; 0 if it has everything now.",
    samples: ofFeeds(({ behindSinceMillis }) => (behindSinceMillis === null ? 0 : secondsSince(behindSinceMillis))),
  },
  {
    name: "herd_feed_sent_reports_total",
    type: "counter",
    help: "AT lines sent to the neighbour since the server started.",
    samples: ofFeeds(({ reportsSent }) => reportsSent),
  },
  {
    name: "herd_feed_sent_bytes_total",
    type: "counter",
    help: "Bytes of frames sent to the neighbour since the server started.",
    samples: ofFeeds(({ bytesSent }) => bytesSent),
  },
  {
    name: "herd_feed_stopped",
    type: "gauge",
    help: "1 while the neighbour's feed is stopped, because a line of it is not understood.",
    samples: ofFeeds(({ stoppedBy }) => (stoppedBy === null ? 0 : 1)),
  },
  {
    name: "herd_places_total",
    type: "counter",
    help: "WHATSATs answered since the server started, by provider (none if all failed) and status.",
    samples: ({ counters }) => byProviderAndStatus(counters.places),
  },
  {
    name: "herd_places_failed_total",
    type: "counter",
    help: "Failures of providers of places since the server started, by status.",
    samples: ({ counters }) => byProviderAndStatus(counters.placesFailed),
  },
  {
    name: "herd_places_circuit_open",
    type: "gauge",
    help: "1 while the provider is not asked, after several failures in a row.",
    samples: ofProviders(({ circuit }) => (circuit === undefined ? undefined : circuit === "closed" ? 0 : 1)),
  },
  {
    name: "herd_places_requests_today",
    type: "gauge",
    help: "Requests sent to paid providers since 00:00 UTC.",
    samples: ofProviders(({ requestsToday }) => requestsToday),
  },
  {
    name: "herd_places_requests_daily",
    type: "gauge",
    help: "Requests that may be sent per day: places.dailyRequests.",
    samples: ofProviders(({ requestsDaily }) => requestsDaily),
  },
  {
    name: "herd_wait_seconds",
    type: "histogram",
    help: "From the arrival of a client's message until the turn that takes it.",
    samples: ({ counters }) => histogramOf(counters.waitMillis),
  },
  {
    name: "herd_places_seconds",
    type: "histogram",
    help: "From a WHATSAT until the answer with its places.",
    samples: ({ counters }) => histogramOf(counters.placesMillis),
  },
];

/** The numbers of these servers; `undefined` for one that does not answer. */
export function metricsOf(statuses: ReadonlyMap<string, ServerObjectStatus | undefined>): string {
  const up: Metric = {
    name: "herd_server_up",
    type: "gauge",
    help: "1 if the server answers.",
    samples: [...statuses].map(([server, status]) => ({ value: status === undefined ? 0 : 1, labels: { server } })),
  };
  const known = [...statuses.values()].filter((status) => status !== undefined);
  const metrics = METRICS.map((metric) => ({
    ...metric,
    samples: known.flatMap((status) =>
      metric.samples(status).map((sample) => ({ ...sample, labels: { server: status.server, ...sample.labels } })),
    ),
  }));
  return formatMetrics([up, ...metrics]);
}

function secondsSince(millis: number): number {
  return Math.max(0, Date.now() - millis) / 1000;
}
