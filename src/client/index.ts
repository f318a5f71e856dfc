// What `places-herd/client` publishes.

export { connect, Herd } from "./herd.ts";
export type {
  ForgetOptions,
  HerdEvents,
  HerdOptions,
  IamatOptions,
  ReportsOptions,
  WatchOptions,
  WhatsatOptions,
} from "./herd.ts";
export { LineConnection } from "./line-connection.ts";
export type { LineConnectionEvents, LineConnectionOptions } from "./line-connection.ts";
export { HerdError, type HerdErrorCode } from "./errors.ts";
export { LineEvent, StateEvent } from "./events.ts";
export type { ConnectionState, Purpose, Standing } from "./events.ts";
export { ageSecondsOf, agoText } from "./age.ts";
export type { ClientForgotten, ClientReport, ClientSilence } from "./client-report.ts";
export type { WhatsatAnswer } from "./request.ts";
export type { Watch, WatchItem } from "./watch.ts";
export type { Location, Time } from "./fields.ts";
export type { Fetch, HerdAddress } from "./herd-address.ts";
export { DEFAULT_SETTINGS, type ClientSettings } from "./settings.ts";
export type { Token } from "./token.ts";
export type { Place, PlacesAnswer, PlacesStatus } from "../core/protocol/places.ts";
